import { randomId } from '../model/random-id.ts'
import type { Subscriber } from '../model/subscriber.ts'
import type { PreferencePages } from '../pages/preference-pages.ts'
import type { Store } from '../store/store.ts'
import { type FormFields, readChoice, readNewAddress } from '../subscribers/preference-form.ts'
import { preferenceTerms } from '../subscribers/preference-terms.ts'
import { readToken, type Secrets } from '../subscribers/signed-token.ts'
import type { Holdings } from './held.ts'
import type { Limiter } from './limiter.ts'
import { networksOf } from './networks.ts'

/** What the pages of preferences need. */
export interface Preferring {
  readonly subscribers: Pick<Store['subscribers'], 'findByToken' | 'choose' | 'erase'>
  readonly holdings: Holdings
  readonly pages: PreferencePages
  readonly limiter: Limiter
  /** that of these pages; absent: nobody knows */
  readonly ownOrigin?: string
  readonly clock: () => Date
  /** absent: no mail can be sent to a new address */
  readonly moving?: {
    readonly secrets: Secrets
    /** a message is due */
    readonly asked: () => void
  }
}

/** Random, and found by an index: nothing to be compared in it tells how near a guess was. */
export async function readerOf(
  { subscribers }: Pick<Preferring, 'subscribers'>,
  token: string,
): Promise<Subscriber | undefined> {
  return /^[\w-]{1,64}$/.test(token) ? await subscribers.findByToken(token) : undefined
}

/** @returns the milliseconds for which this client has to wait; 0: it may ask */
export function waitOf({ limiter, clock }: Preferring, client: string): number {
  const where = networksOf(client)
  if (!where) return 0
  const counts = [
    { key: `preferences ${where.client}`, limits: preferenceTerms.client },
    { key: `preferences ${where.network}`, limits: preferenceTerms.network },
  ]
  return limiter(counts, clock())
}

/** The page that follows a press of one of its buttons. */
export async function press(
  preferring: Preferring,
  reader: Subscriber,
  form: FormFields,
): Promise<{ readonly page: string; readonly status: 200 | 400 | 422 }> {
  const { pages, clock } = preferring
  const isOn = reader.status === 'active' || reader.status === 'unlisted'
  if (isOn && form.do === 'save') return save(preferring, reader, form)
  if (isOn && form.do === 'move' && preferring.moving) return move(preferring, reader, form)
  return { page: pages.preferences(reader, clock()), status: 400 }
}

async function save(
  { subscribers, pages, clock }: Preferring,
  reader: Subscriber,
  form: FormFields,
): Promise<{ readonly page: string; readonly status: 200 | 422 }> {
  const now = clock()
  const choice = readChoice(form, reader, pages, now)
  if (!choice) return { page: pages.preferences(reader, now, 'wrongDate'), status: 422 }
  await subscribers.choose(reader.id, choice, now)
  const { language: _, topics: _t, pausedUntil: _p, ...rest } = reader
  return { page: pages.preferences({ ...rest, ...choice }, now, 'saved'), status: 200 }
}

/** Whatever address it is, what is looked at, written and said is the same. */
async function move(
  { holdings, pages, clock, moving }: Preferring,
  reader: Subscriber,
  form: FormFields,
): Promise<{ readonly page: string; readonly status: 200 | 422 }> {
  const address = readNewAddress(form, reader)
  const askedAt = clock()
  if (address === undefined) {
    return { page: pages.preferences(reader, askedAt, 'wrongAddress'), status: 422 }
  }
  const id = randomId()
  const change = { id, subscriber: reader.id, address, askedAt }
  await holdings.changes.ask(change, preferenceTerms.mostChanges)
  moving?.asked()
  return { page: pages.addressAsked(reader, address), status: 200 }
}

/**
 * What becomes of a request for the link in the message to a new address.
 *
 * @param pressed absent: it was opened; else whether the button of our own page was pressed
 */
export async function confirmMove(
  { holdings, pages, clock, moving }: Preferring,
  token: string,
  pressed: boolean | undefined,
): Promise<{ readonly page: string; readonly status: 200 | 403 | 404 }> {
  const says =
    moving && readToken('change-address', token, { secrets: moving.secrets, now: clock() })
  if (says === undefined || typeof says === 'string')
    return { page: pages.say('gone'), status: 404 }
  const id = says.id ?? ''
  const { state, language } = pressed
    ? await holdings.changes.confirm(id, clock())
    : await holdings.changes.find(id)
  if (state === 'gone') return { page: pages.say('gone', language), status: 404 }
  if (state === 'pending')
    return { page: pages.move(language), status: pressed === false ? 403 : 200 }
  moving?.asked()
  return { page: pages.say('changed', language), status: 200 }
}
