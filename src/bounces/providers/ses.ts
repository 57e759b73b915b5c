import type { FeedbackKind } from '../../model/feedback.ts'
import { type Judgement, judge, judgeForGood } from '../judge.ts'
import { dig, listAt, type ProviderEvent, providerEvent, textAt } from '../provider-event.ts'

/** Reasons that are ours, whatever their type (docs.aws.amazon.com/ses, "Bounce types"). */
const ours = /^(?:MessageTooLarge|ContentRejected|AttachmentRejected)$/

/**
 * Reads what Amazon SES publishes to its topic, as a notification or as an event. Other events say nothing here.
 *
 * @param told the `Message` of the notification, as JSON
 */
export function readSesEvents(told: unknown): readonly ProviderEvent[] {
  const type = textAt(told, 'notificationType') || textAt(told, 'eventType')
  const common = {
    source: 'ses' as const,
    messageId: textAt(told, 'mail', 'commonHeaders', 'messageId'),
    returnPath: textAt(told, 'mail', 'source'),
  }
  const mailId = textAt(told, 'mail', 'messageId')

  if (type === 'Bounce') {
    const bounce = dig(told, 'bounce')
    return listAt(bounce, 'bouncedRecipients').map((one) => {
      const words = textAt(one, 'diagnosticCode').replace(/^smtp;\s*/i, '')
      return providerEvent({
        ...common,
        ...judged(bounce, { status: textAt(one, 'status'), words }),
        id: [mailId, textAt(bounce, 'feedbackId')],
        address: textAt(one, 'emailAddress'),
        words: words || [textAt(bounce, 'bounceType'), textAt(bounce, 'bounceSubType')].join(' '),
        at: textAt(bounce, 'timestamp'),
      })
    })
  }
  if (type === 'Complaint') {
    const complaint = dig(told, 'complaint')
    const what = textAt(complaint, 'complaintFeedbackType')
    if (what === 'not-spam') return []
    return listAt(complaint, 'complainedRecipients').map((one) =>
      providerEvent({
        ...common,
        kind: 'complaint',
        id: [mailId, textAt(complaint, 'feedbackId')],
        address: textAt(one, 'emailAddress'),
        words: what && `reported as ${what}`,
        at: textAt(complaint, 'timestamp'),
      }),
    )
  }
  const simple = simpleKind(type)
  if (!simple) return []
  const detail = dig(told, simple.key)
  return addressesOf(detail, told).map((address) =>
    providerEvent({
      ...common,
      kind: simple.kind,
      id: [mailId, textAt(detail, 'timestamp')],
      address,
      words: textAt(detail, 'smtpResponse') || textAt(detail, 'delayType'),
      at: textAt(detail, 'timestamp'),
    }),
  )
}

function judged(bounce: unknown, reason: { status: string; words: string }): Judgement {
  const { status } = reason
  const subType = textAt(bounce, 'bounceSubType')
  const type = textAt(bounce, 'bounceType')
  if (ours.test(subType)) return { kind: 'policy', status }
  if (subType === 'MailboxFull') return { kind: 'soft', status }
  // On their list, or on ours there: it bounced before
  if (/Suppress/.test(subType)) return { kind: 'hard', status }
  if (type === 'Permanent') return judgeForGood(reason)
  const judgement = judge(reason)
  return judgement.kind === 'hard' && type === 'Transient'
    ? { ...judgement, kind: 'soft' }
    : judgement
}

function simpleKind(type: string): { kind: FeedbackKind; key: string } | undefined {
  if (type === 'Delivery') return { kind: 'delivered', key: 'delivery' }
  return type === 'DeliveryDelay' ? { kind: 'delayed', key: 'deliveryDelay' } : undefined
}

function addressesOf(detail: unknown, told: unknown): readonly string[] {
  const named = [
    ...listAt(detail, 'recipients'),
    ...listAt(detail, 'delayedRecipients').map((one) => textAt(one, 'emailAddress')),
  ]
  const addresses = named.length > 0 ? named : listAt(told, 'mail', 'destination')
  return addresses.filter((address) => typeof address === 'string')
}
