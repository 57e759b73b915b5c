import { randomId } from '../model/random-id.ts'
import type { FormState, JoinPages } from '../pages/join-pages.ts'
import type { Joins } from '../store/joins.ts'
import { formToken, type JoinEntry, type JoinForm, judgeJoin } from '../subscribers/join-form.ts'
import { joinTerms } from '../subscribers/join-terms.ts'
import { readToken, type Secrets } from '../subscribers/signed-token.ts'
import type { Limiter } from './limiter.ts'
import { networksOf } from './networks.ts'

/** What the pages of joining need. */
export interface Joining {
  readonly joins: Pick<Joins, 'ask' | 'find' | 'confirm'>
  readonly pages: JoinPages
  readonly secrets: Secrets
  readonly limiter: Limiter
  /** whose scripts may ask, as browsers write them into `Origin` */
  readonly origins: readonly string[]
  /** that of these pages */
  readonly ownOrigin: string
  readonly clock: () => Date
  /** a message is due */
  readonly asked: () => void
}

export type Asked =
  /** what is done with it is decided later: this is said whoever it is */
  | { readonly kind: 'asked'; readonly address: string }
  | { readonly kind: 'again'; readonly state: FormState }
  /** @param wait milliseconds */
  | { readonly kind: 'slower'; readonly wait: number }
  | { readonly kind: 'full' }

/** The form as it is first shown. */
export function newForm(
  { pages, secrets, clock }: Joining,
  entry: JoinEntry,
  from = '',
): FormState & { readonly token: string } {
  const text = pages.consent(entry.language).hash
  return { entry, token: formToken({ text, from }, { secrets, now: clock() }) }
}

/**
 * What becomes of a form. Whatever address it names, what is looked at and written is the same.
 *
 * @param origin where it stood, as the browser says; empty: on our own page, or nobody says
 */
export async function ask(
  joining: Joining,
  form: JoinForm,
  { client, origin }: { client: string; origin: string },
): Promise<Asked> {
  const { joins, pages, secrets, limiter } = joining
  const now = joining.clock()
  const language = pages.languageOf(form.language)
  const text = pages.consent(language).hash
  const stood = [origin, form.from].filter((part) => part !== '').join(' ')
  const verdict = judgeJoin({ ...form, from: stood }, { secrets, now, text })
  if (verdict.kind === 'again') {
    const { why, hint, from } = verdict
    const shown = newForm(joining, { ...form, language }, from)
    return { kind: 'again', state: { ...shown, why, ...(hint !== undefined && { hint }) } }
  }
  const wait = limiter(countsOf(client), now)
  if (wait > 0) return { kind: 'slower', wait }
  const { address, from } = verdict
  const { name, topics } = form
  const id = randomId()
  const chosen = topics && pages.topics.length > 0 ? { topics } : {}
  const request = { id, address, name, language, ...chosen, from, text, askedAt: now }
  if (!(await joins.ask(request, joinTerms.mostWaiting))) return { kind: 'full' }
  joining.asked()
  return { kind: 'asked', address }
}

function countsOf(client: string) {
  const where = networksOf(client)
  if (!where) return []
  return [
    { key: where.client, limits: joinTerms.client },
    { key: where.network, limits: joinTerms.network },
  ]
}

export interface Confirming {
  readonly notice: 'confirm' | 'joined' | 'expired' | 'gone'
  readonly status: 200 | 403 | 404 | 410
  readonly language: string
}

/**
 * What becomes of a request for the link in a message. Only the button of our own page confirms: mail programs and their
 * guards open links.
 *
 * @param pressed absent: it was opened; else whether the button of our own page was pressed
 */
export async function confirm(
  { joins, pages, secrets, clock }: Joining,
  token: string,
  pressed: boolean | undefined,
): Promise<Confirming> {
  const says = readToken('confirm', token, { secrets, now: clock() })
  const own = pages.languageOf('')
  if (says === 'expired') return { notice: 'expired', status: 410, language: own }
  if (says === 'forged') return { notice: 'gone', status: 404, language: own }
  const id = says.id ?? ''
  const { state, language = own } = pressed
    ? await joins.confirm(id, clock())
    : await joins.find(id)
  if (state === 'pending') {
    return { notice: 'confirm', status: pressed === false ? 403 : 200, language }
  }
  if (state === 'joined') return { notice: 'joined', status: 200, language }
  return { notice: 'gone', status: 404, language }
}
