import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMailgunEvents } from '../../src/bounces/providers/mailgun.ts'
import { readPostmarkEvents } from '../../src/bounces/providers/postmark.ts'
import { readSendgridEvents } from '../../src/bounces/providers/sendgrid.ts'
import { readSesEvents } from '../../src/bounces/providers/ses.ts'

const address = 'ann@example.org'

const ses = (bounceType: string, bounceSubType: string, diagnosticCode?: string) =>
  readSesEvents({
    eventType: 'Bounce',
    bounce: {
      bounceType,
      bounceSubType,
      bouncedRecipients: [{ emailAddress: address, diagnosticCode }],
    },
  })
const sesOther = (eventType: string, more: object) =>
  readSesEvents({ eventType, mail: { messageId: 'm', destination: [address] }, ...more })
const postmark = (Type: string, Details = '') =>
  readPostmarkEvents({ RecordType: 'Bounce', ID: 1, Type, Email: address, Details })
const change = (SuppressionReason: string, Origin: string, SuppressSending = true) =>
  readPostmarkEvents({
    ...{ RecordType: 'SubscriptionChange', Recipient: address, SuppressSending },
    ...{ SuppressionReason, Origin },
  })
const mailgun = (event: string, more: object = {}) =>
  readMailgunEvents({ event, recipient: address, id: '1', ...more })
const failed = (reason: string, code: number, message: string) =>
  mailgun('failed', { severity: 'permanent', reason, 'delivery-status': { code, message } })
const sendgrid = (event: string, more: object = {}) =>
  readSendgridEvents([{ event, email: address, ...more }])

describe('what providers tell', () => {
  it.each([
    ['SES: no such mailbox', ses('Permanent', 'NoEmail', 'smtp; 550 5.1.1 unknown'), 'hard'],
    ['SES: for good, no reason', ses('Permanent', 'General'), 'hard'],
    ['SES: for good, by policy', ses('Permanent', 'General', 'smtp; 554 5.7.1 spam'), 'policy'],
    ['SES: suppressed there', ses('Permanent', 'OnAccountSuppressionList'), 'hard'],
    ['SES: full', ses('Transient', 'MailboxFull'), 'soft'],
    ['SES: for now', ses('Transient', 'General', 'smtp; 550 5.1.1 unknown'), 'soft'],
    ['SES: too big', ses('Transient', 'MessageTooLarge'), 'policy'],
    ['SES: in doubt', ses('Undetermined', 'Undetermined'), 'soft'],
    ['SES: delivered', sesOther('Delivery', { delivery: { recipients: [address] } }), 'delivered'],
    ['SES: delayed', sesOther('DeliveryDelay', { deliveryDelay: {} }), 'delayed'],
    [
      'SES: complaint',
      sesOther('Complaint', { complaint: { complainedRecipients: [{ emailAddress: address }] } }),
      'complaint',
    ],
    ['Postmark: hard', postmark('HardBounce', '550 5.1.1 unknown'), 'hard'],
    ['Postmark: hard, and full', postmark('HardBounce', '552 5.2.2 mailbox full'), 'soft'],
    [
      'Postmark: hard, by policy',
      postmark('HardBounce', '550 5.7.1 blocked by spamhaus'),
      'policy',
    ],
    ['Postmark: soft', postmark('SoftBounce'), 'soft'],
    ['Postmark: blocked', postmark('Blocked'), 'policy'],
    [
      'Postmark: complaint',
      readPostmarkEvents({ RecordType: 'SpamComplaint', Email: address }),
      'complaint',
    ],
    [
      'Postmark: delivered',
      readPostmarkEvents({ RecordType: 'Delivery', Recipient: address }),
      'delivered',
    ],
    ['Postmark: left', change('ManualSuppression', 'Recipient'), 'unsubscribe'],
    ['Postmark: complained', change('SpamComplaint', 'Recipient'), 'complaint'],
    ['Mailgun: no such mailbox', failed('bounce', 550, '5.1.1 user unknown'), 'hard'],
    ['Mailgun: for good, no reason', failed('generic', 550, 'no'), 'hard'],
    ['Mailgun: by policy', failed('espblock', 550, 'x'), 'policy'],
    ['Mailgun: too old', failed('old', 602, 'Too old'), 'soft'],
    ['Mailgun: bounced before', failed('suppress-bounce', 605, ''), 'hard'],
    ['Mailgun: complained before', failed('suppress-complaint', 607, ''), 'complaint'],
    ['Mailgun: for now', mailgun('failed', { severity: 'temporary' }), 'delayed'],
    ['Mailgun: complaint', mailgun('complained'), 'complaint'],
    ['Mailgun: left', mailgun('unsubscribed'), 'unsubscribe'],
    ['SendGrid: bounce', sendgrid('bounce', { type: 'bounce', reason: '500 unknown' }), 'hard'],
    ['SendGrid: blocked', sendgrid('bounce', { type: 'blocked', reason: '550 5.1.1 x' }), 'soft'],
    [
      'SendGrid: blocked, by policy',
      sendgrid('bounce', { type: 'blocked', reason: '554 5.7.1 spam' }),
      'policy',
    ],
    ['SendGrid: dropped', sendgrid('dropped', { reason: 'Bounced Address' }), 'hard'],
    ['SendGrid: dropped spam', sendgrid('dropped', { reason: 'Spam Content' }), 'policy'],
    ['SendGrid: complaint', sendgrid('spamreport'), 'complaint'],
    ['SendGrid: left', sendgrid('group_unsubscribe'), 'unsubscribe'],
    ['SendGrid: deferred', sendgrid('deferred'), 'delayed'],
  ])('%s', (_, events, kind) => {
    expect(events).toMatchObject([{ kind, address }])
  })

  it.each([
    ['SES: opened', sesOther('Open', {})],
    [
      'SES: no spam',
      sesOther('Complaint', {
        complaint: { complaintFeedbackType: 'not-spam', complainedRecipients: [{}] },
      }),
    ],
    ['Postmark: an automatic reply', postmark('AutoResponder')],
    ['Postmark: of the name of an inherited property', postmark('constructor')],
    ['Postmark: taken back', change('ManualSuppression', 'Recipient', false)],
    ['Postmark: by the publisher', change('ManualSuppression', 'Admin')],
    ['Mailgun: opened', mailgun('opened')],
    ['SendGrid: clicked', sendgrid('click')],
  ])('nothing: %s', (_, events) => {
    expect(events).toEqual([])
  })

  it('is read from any JSON without a fault', () => {
    const word = fc.constantFrom(
      ...[
        'notificationType',
        'bounce',
        'Bounce',
        'bouncedRecipients',
        'RecordType',
        'event',
        'failed',
        'mail',
      ],
    )
    const json = fc.oneof(fc.jsonValue(), fc.dictionary(word, fc.oneof(word, fc.jsonValue())))
    fc.assert(
      fc.property(json, (told) => {
        for (const read of [
          readSesEvents,
          readPostmarkEvents,
          readMailgunEvents,
          readSendgridEvents,
        ]) {
          expect(Array.isArray(read(told))).toBe(true)
        }
      }),
    )
  })
})
