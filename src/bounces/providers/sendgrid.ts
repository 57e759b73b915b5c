import { type Judgement, judge, judgeForGood } from '../judge.ts'
import { dig, type ProviderEvent, providerEvent, textAt } from '../provider-event.ts'

type Found = Judgement | { readonly kind: ProviderEvent['kind'] }

/** Reads a batch of events of SendGrid. */
export function readSendgridEvents(told: unknown): readonly ProviderEvent[] {
  return (Array.isArray(told) ? told : []).flatMap((one: unknown) => {
    const words = textAt(one, 'reason') || textAt(one, 'response')
    const found = kindOf(one, { status: textAt(one, 'status'), words })
    if (!found) return []
    const at = dig(one, 'timestamp')
    return providerEvent({
      source: 'sendgrid',
      id: [textAt(one, 'sg_event_id'), textAt(one, 'sg_message_id'), textAt(one, 'timestamp')],
      ...found,
      address: textAt(one, 'email'),
      messageId: textAt(one, 'smtp-id'),
      words,
      ...(typeof at === 'number' && { at }),
    })
  })
}

function kindOf(one: unknown, reason: { status: string; words: string }): Found | undefined {
  switch (textAt(one, 'event')) {
    case 'bounce':
      return textAt(one, 'type') === 'blocked' ? blocked(reason) : judgeForGood(reason)
    case 'dropped':
      return dropped(reason.words)
    case 'deferred':
      return { kind: 'delayed' }
    case 'delivered':
      return { kind: 'delivered' }
    case 'spamreport':
      return { kind: 'complaint' }
    case 'unsubscribe':
    case 'group_unsubscribe':
      return { kind: 'unsubscribe' }
    default:
      return undefined
  }
}

/** Refused this time, SendGrid says, and the mailbox may well be there. */
function blocked(reason: { status: string; words: string }): Judgement {
  const judgement = judge(reason)
  return judgement.kind === 'hard' ? { ...judgement, kind: 'soft' } : judgement
}

/** SendGrid did not even try (docs: "Event types", dropped). */
function dropped(words: string): Found {
  if (/bounced address|invalid/i.test(words)) return { kind: 'hard' }
  if (/spam report/i.test(words)) return { kind: 'complaint' }
  return /unsubscribed/i.test(words) ? { kind: 'unsubscribe' } : { kind: 'policy' }
}
