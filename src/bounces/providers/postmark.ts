import type { FeedbackKind } from '../../model/feedback.ts'
import { judgeForGood } from '../judge.ts'
import { dig, type ProviderEvent, providerEvent, textAt } from '../provider-event.ts'

/** postmarkapp.com/developer, "Bounce types"; what is not here says nothing of a mailbox. */
const kinds: Readonly<Record<string, FeedbackKind>> = {
  HardBounce: 'hard',
  BadEmailAddress: 'hard',
  SoftBounce: 'soft',
  Transient: 'delayed',
  DnsError: 'soft',
  Undeliverable: 'soft',
  SpamNotification: 'policy',
  VirusNotification: 'policy',
  Blocked: 'policy',
  DMARCPolicy: 'policy',
  SMTPApiError: 'policy',
  SpamComplaint: 'complaint',
  Unsubscribe: 'unsubscribe',
}

/** Reads one event of Postmark. */
export function readPostmarkEvents(told: unknown): readonly ProviderEvent[] {
  const source = 'postmark' as const
  const id = [textAt(told, 'RecordType'), textAt(told, 'ID') || textAt(told, 'MessageID')]
  switch (textAt(told, 'RecordType')) {
    case 'Bounce':
    case 'SpamComplaint': {
      const type = textAt(told, 'Type') || 'SpamComplaint'
      const words = textAt(told, 'Details') || textAt(told, 'Description')
      const known = Object.hasOwn(kinds, type) ? kinds[type] : undefined
      if (!known) return []
      const judged = known === 'hard' && judgeForGood({ status: '', words })
      return [
        providerEvent({
          ...{ source, id, words },
          kind: known,
          ...(judged && judged),
          address: textAt(told, 'Email'),
          at: textAt(told, 'BouncedAt'),
        }),
      ]
    }
    case 'Delivery':
      return [
        providerEvent({
          ...{ source, id, kind: 'delivered' },
          address: textAt(told, 'Recipient'),
          words: textAt(told, 'Details'),
          at: textAt(told, 'DeliveredAt'),
        }),
      ]
    case 'SubscriptionChange': {
      const kind = dig(told, 'SuppressSending') === true && suppressionKind(told)
      if (!kind) return []
      const at = textAt(told, 'ChangedAt')
      return [
        providerEvent({
          ...{ source, kind, at },
          id: [...id, at],
          address: textAt(told, 'Recipient'),
          words: `suppressed at Postmark: ${textAt(told, 'SuppressionReason')}`,
        }),
      ]
    }
    default:
      return []
  }
}

function suppressionKind(told: unknown): FeedbackKind | undefined {
  switch (textAt(told, 'SuppressionReason')) {
    case 'HardBounce':
      return 'hard'
    case 'SpamComplaint':
      return 'complaint'
    // By hand: whose hand it was counts
    case 'ManualSuppression':
      return textAt(told, 'Origin') === 'Recipient' ? 'unsubscribe' : undefined
    default:
      return undefined
  }
}
