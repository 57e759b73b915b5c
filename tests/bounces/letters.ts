/** Messages as mail systems write them, made for tests: CRLF, example domains. */

const crlf = (text: string) => Buffer.from(text.replace(/\r?\n/g, '\r\n'))

export interface Returned {
  /** the address that the report names */
  readonly recipient?: string
  /** to whom the report is sent: the return path of the message */
  readonly to?: string
  /** header of the message that came back */
  readonly head?: string
  readonly action?: string
  readonly status?: string
  readonly diagnostic?: string
  /** Message-ID of the report itself */
  readonly id?: string
}

/** The header of a message of ours, as it comes back. */
export function sentHead({
  to = 'ann@example.org',
  messageId = '<1234@example.org>',
  link = '',
}: {
  to?: string
  messageId?: string
  link?: string
} = {}): string {
  return [
    'From: News <news@example.org>',
    `To: ${to}`,
    'Subject: An edition',
    'Date: Sun, 01 Nov 2026 09:00:00 +0000',
    `Message-ID: ${messageId}`,
    ...(link ? [`List-Unsubscribe: <${link}>`] : []),
  ].join('\n')
}

/** A delivery status notification, as Postfix writes it (RFC 3464). */
export function dsn({
  recipient = 'ann@example.org',
  to = 'news@example.org',
  head = sentHead(),
  action = 'failed',
  status = '5.1.1',
  diagnostic = `smtp; 550 5.1.1 <${recipient}>: Recipient address rejected: User unknown`,
  id = 'report-1@mx.example.net',
}: Returned = {}): Buffer {
  return crlf(`Return-Path: <>
Received: from mx.example.net (mx.example.net [192.0.2.7]) by mail.example.org; Sun, 01 Nov 2026 09:01:02 +0000
Date: Sun, 01 Nov 2026 09:01:01 +0000
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
Subject: Undelivered Mail Returned to Sender
To: ${to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b/mx"
Message-Id: <${id}>

This is a MIME-encapsulated message.

--=_b/mx
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not be delivered.

<${recipient}>: ${diagnostic.replace(/^smtp; /, '')}

--=_b/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Sun, 01 Nov 2026 09:00:30 +0000

Final-Recipient: rfc822; ${recipient}
Original-Recipient: rfc822;${recipient}
Action: ${action}
Status: ${status}
Diagnostic-Code: ${diagnostic}

--=_b/mx
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

${head}

--=_b/mx--
`)
}

/** An abuse report (RFC 5965). */
export function arf({
  to = 'fbl@example.org',
  type = 'abuse',
  mailFrom = '',
  head = sentHead(),
  id = 'complaint-1@example.com',
}: {
  to?: string
  type?: string
  mailFrom?: string
  head?: string
  id?: string
} = {}): Buffer {
  return crlf(`From: <feedback@example.com>
To: <${to}>
Date: Mon, 02 Nov 2026 10:00:00 +0000
Subject: FW: An edition
Message-ID: <${id}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from IP 192.0.2.1.

--part
Content-Type: message/feedback-report

Feedback-Type: ${type}
User-Agent: SomeGenerator/1.0
Version: 1
${mailFrom ? `Original-Mail-From: <${mailFrom}>\n` : ''}Source-IP: 192.0.2.1

--part
Content-Type: message/rfc822
Content-Disposition: inline

${head}

A letter.

--part--
`)
}

/** A message in words alone. */
export function letter(head: Readonly<Record<string, string>>, body: string): Buffer {
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`)
  return crlf(`${lines.join('\n')}\n\n${body}`)
}
