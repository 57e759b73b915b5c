import type { Message } from '../mailer.ts'

/** Parameters of MAIL and RCPT, each with a space before it; empty for a message without a name. */
export interface ReportTerms {
  readonly mail: string
  readonly rcpt: string
}

/**
 * What is asked of a relay that offers DSN (RFC 3461): to report failures only, with our name of the message, the
 * address that we wrote to, and no more of the message than its header.
 */
export function reportTerms({ id, to }: Message['envelope']): ReportTerms {
  if (id === undefined) return { mail: '', rcpt: '' }
  return {
    mail: ` RET=HDRS ENVID=${xtext(id)}`,
    rcpt: ` NOTIFY=FAILURE ORCPT=${originalRecipient(to)}`,
  }
}

/** RFC 6533 §3: a relay without SMTPUTF8 may have to hand it on. */
function originalRecipient(address: string): string {
  if (/^[ -~]*$/.test(address)) return `rfc822;${xtext(address)}`
  const encoded = address.replace(
    /[^!-~]|[\\+=]/gu,
    (character) => `\\x{${character.codePointAt(0)?.toString(16).toUpperCase()}}`,
  )
  return `utf-8;${encoded}`
}

/** ASCII for a parameter (RFC 3461 §4). */
function xtext(text: string): string {
  return text.replace(
    /[^!-~]|[+=]/g,
    (character) => `+${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
