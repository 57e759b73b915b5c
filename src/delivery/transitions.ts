import type { DeliveryState, Outcome } from '../model/delivery.ts'

/**
 * What can happen to a delivery:
 *
 * - `claim`: a sender takes it
 * - `leave`: the subscriber has left, is suppressed or erased, and that was noticed
 * - `submit`: the sender commits that a byte of the message may be accepted from now on
 * - an outcome's kind: what the relay said; `rejected` also when no message can be made for this recipient
 * - `release`: the sender gives it back, no relay has accepted the message
 * - `park`: the sender gives it back before it began, to wait until its destination has room
 * - `expire`: the lease has run out
 * - `cancel`: the publisher called off what is not on its way; from then on, whoever would claim skips
 * - `resend`, `skip`: the publisher decided
 */
export type DeliveryEvent =
  | 'claim'
  | 'leave'
  | 'submit'
  | Outcome['kind']
  | 'release'
  | 'park'
  | 'expire'
  | 'cancel'
  | 'resend'
  | 'skip'

type Transitions = Readonly<
  Record<DeliveryState, Readonly<Partial<Record<DeliveryEvent, DeliveryState>>>>
>

/** The state machine of a delivery. What does not stand here cannot happen. */
export const transitions: Transitions = {
  pending: { claim: 'claimed', leave: 'skipped', cancel: 'skipped' },
  claimed: {
    submit: 'submitting',
    rejected: 'rejected',
    leave: 'skipped',
    release: 'pending',
    park: 'pending',
    expire: 'pending',
    cancel: 'skipped',
  },
  submitting: {
    submitted: 'submitted',
    deferred: 'deferred',
    rejected: 'rejected',
    uncertain: 'uncertain',
    release: 'pending',
    expire: 'uncertain',
  },
  deferred: { claim: 'claimed', leave: 'skipped', cancel: 'skipped' }, // claimed no sooner than due
  uncertain: { resend: 'pending', skip: 'skipped' },
  submitted: {},
  rejected: {},
  skipped: {},
}

/** The state that follows, or undefined where the event means nothing and changes nothing. */
export function nextState(state: DeliveryState, event: DeliveryEvent): DeliveryState | undefined {
  return transitions[state][event]
}
