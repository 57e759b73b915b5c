import { parseAddress } from '../mail/address.ts'
import { joinTerms } from './join-terms.ts'
import { cleanName } from './name.ts'
import { readToken, type Secrets, signToken } from './signed-token.ts'
import { typoHint } from './typo-hint.ts'

/** What somebody entered, as far as it can be kept and shown again: nothing of it is believed. */
export interface JoinEntry {
  readonly address: string
  readonly name: string
  /** of those that were offered; absent: the form did not offer any */
  readonly topics?: readonly string[]
  /** BCP 47, or anything */
  readonly language: string
}

/** A form that was sent. */
export interface JoinForm extends JoinEntry {
  readonly token: string
  /** where it stood, as it says itself */
  readonly from: string
  /** what no person fills in */
  readonly trap: boolean
  /** they were shown that the address looks mistyped */
  readonly sure: boolean
  /** the other spelling of the address, which they pressed the button of */
  readonly suggested: string
}

/** Why a form is shown again: a key of the words of joining. */
export type JoinTrouble =
  | 'noAddress'
  | 'wrongAddress'
  | 'trap'
  | 'lookOver'
  | 'tooOld'
  | 'tooFast'
  | 'didYouMean'

export type JoinVerdict =
  | { readonly kind: 'fine'; readonly address: string; readonly from: string }
  | {
      readonly kind: 'again'
      readonly why: JoinTrouble
      readonly from: string
      /** the address that was probably meant */
      readonly hint?: string
    }

/** What a form says of itself in its token, so that nobody can make it up. */
interface FormSays {
  /** when it was shown, in milliseconds since 1970 */
  readonly at: string
  /** hash of what it said */
  readonly text: string
  /** where the one stood that led to it */
  readonly from: string
}

const longestAddress = 320
const longestFrom = 120

/** Reads fields as a browser or a program sends them; what is not text, or too long, is not there. */
export function readJoinForm(
  fields: Readonly<Record<string, unknown>>,
  offered: readonly string[],
): JoinForm {
  const text = (name: string) => {
    const [first] = textsOf(fields[name])
    return first?.trim() ?? ''
  }
  const chosen = new Set(textsOf(fields.topics))
  return {
    address: text('address').slice(0, longestAddress + 1),
    name: cleanName(text('name')),
    ...(chosen.size > 0 && { topics: offered.filter((topic) => chosen.has(topic)) }),
    language: text('language').slice(0, 40),
    token: text('token').slice(0, 2000),
    from: cleanName(text('from')).slice(0, longestFrom),
    trap: text('homepage') !== '',
    sure: text('sure') !== '',
    suggested: text('suggested').slice(0, longestAddress),
  }
}

/** A token for a form that is shown now. */
export function formToken(
  { text, from }: { text: string; from: string },
  { secrets, now }: { secrets: Secrets; now: Date },
): string {
  const expires = new Date(now.getTime() + joinTerms.formStays)
  return signToken('form', { at: String(now.getTime()), text, from }, { secrets, expires })
}

/**
 * Judges a form: what it says, and that a person has had the time to read it. Nothing is looked up, so it tells nothing of
 * anybody.
 *
 * @param terms.text the hash of what the form says now: another one would not be what they agreed to
 */
export function judgeJoin(
  form: JoinForm,
  terms: { secrets: Secrets; now: Date; text: string },
): JoinVerdict {
  const says = readToken('form', form.token, terms)
  const known = typeof says === 'object' ? (says as unknown as FormSays) : undefined
  const from = known?.from || form.from
  const again = (why: JoinTrouble, hint?: string): JoinVerdict => ({
    kind: 'again',
    why,
    from,
    ...(hint !== undefined && { hint }),
  })
  const mailbox = form.address.length > longestAddress ? undefined : parseAddress(form.address)
  if (form.address === '') return again('noAddress')
  if (!mailbox) return again('wrongAddress')
  if (form.trap) return again('trap')
  if (says === 'forged') return again('lookOver')
  if (!known || known.text !== terms.text) return again('tooOld')
  if (terms.now.getTime() - Number(known.at) < joinTerms.quickest) return again('tooFast')
  const hint = typoHint(mailbox.address)
  if (hint === undefined) return { kind: 'fine', address: mailbox.address, from }
  if (form.suggested === hint) return { kind: 'fine', address: hint, from }
  return form.sure ? { kind: 'fine', address: mailbox.address, from } : again('didYouMean', hint)
}

function textsOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((one): one is string => typeof one === 'string')
}
