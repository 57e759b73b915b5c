import { type Judgement, judgeForGood } from '../judge.ts'
import { dig, type ProviderEvent, providerEvent, textAt } from '../provider-event.ts'

/** It bounced before, or its reader has gone: Mailgun did not even try. */
const suppressed: Readonly<Record<string, 'hard' | 'complaint' | 'unsubscribe'>> = {
  'suppress-bounce': 'hard',
  'suppress-complaint': 'complaint',
  'suppress-unsubscribe': 'unsubscribe',
}

/** Reads one event of Mailgun. @param told its `event-data` */
export function readMailgunEvents(told: unknown): readonly ProviderEvent[] {
  const status = dig(told, 'delivery-status')
  const words = [textAt(status, 'code'), textAt(status, 'message') || textAt(status, 'description')]
    .join(' ')
    .trim()
  const found = kindOf(told, { status: textAt(status, 'enhanced-code'), words })
  if (!found) return []
  const at = dig(told, 'timestamp')
  return [
    providerEvent({
      source: 'mailgun',
      id: [textAt(told, 'id')],
      ...found,
      address: textAt(told, 'recipient'),
      messageId: textAt(told, 'message', 'headers', 'message-id'),
      returnPath: textAt(told, 'envelope', 'sender'),
      words: words || textAt(told, 'reason'),
      ...(typeof at === 'number' && { at }),
    }),
  ]
}

function kindOf(
  told: unknown,
  reason: { status: string; words: string },
): { kind: ProviderEvent['kind']; status?: string } | undefined {
  switch (textAt(told, 'event')) {
    case 'failed':
      return textAt(told, 'severity') === 'permanent' ? failure(told, reason) : { kind: 'delayed' }
    case 'complained':
      return { kind: 'complaint' }
    case 'unsubscribed':
      return { kind: 'unsubscribe' }
    case 'delivered':
      return { kind: 'delivered' }
    default:
      return undefined
  }
}

function failure(
  told: unknown,
  reason: { status: string; words: string },
): Judgement | { kind: ProviderEvent['kind'] } {
  const why = textAt(told, 'reason')
  const before = Object.hasOwn(suppressed, why) ? suppressed[why] : undefined
  if (before) return { kind: before }
  if (why === 'espblock') return { kind: 'policy', status: reason.status }
  // Tried for as long as it may be, and never answered for good
  if (why === 'old' || !/^5/.test(reason.words)) return { kind: 'soft', status: reason.status }
  return judgeForGood(reason)
}
