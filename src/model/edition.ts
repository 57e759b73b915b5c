import type { ArticleId } from './article.ts'
import type { TopicId } from './topic.ts'

/** `2026-11-23` for the day's first edition, then `2026-11-23-2`; safe in a path and in a URL. */
export type EditionId = string

/** One issue of the newsletter. */
export interface Edition {
  readonly id: EditionId
  readonly subject: string
  /** the instant at which it was planned: the Date of all its messages */
  readonly createdAt: Date
  /** newest first; the first one leads */
  readonly articles: readonly ArticleId[]
  /** when it was called off: who had not got it by then does not get it */
  readonly cancelledAt?: Date
}

/** An edition in one language, with slots still empty, see `slot`. */
export interface RenderedEdition {
  readonly language: string
  /**
   * Who chose nothing else than these gets nothing here that they did not choose. The whole edition has all topics that
   * there were; absent: there were none.
   */
  readonly topics?: readonly TopicId[]
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** What is filled in for each recipient: these, and whatever else is known of them, by name. */
export interface SlotValues {
  /** the subscriber's name, or empty */
  readonly name: string
  readonly address: string
  /** https, leads to a page with one button; or mailto where there is no server */
  readonly unsubscribeUrl: string
  readonly [field: string]: string
}

/** A place to be filled for each recipient. */
export interface Slot {
  readonly name: string
  /** what stands there when the value is absent or empty */
  readonly fallback: string
}

/** What a slot may be called. */
export const slotName = /^(?!.*__)[A-Za-z][A-Za-z0-9_]*$/

const marks = /\uFDD0(\w*)\uFDD1/u

/**
 * The mark of a slot in a rendered text: `\uFDD0NAME\uFDD1`, with `__` and a fallback in hexadecimal where there is
 * one. The ends are noncharacters, which the guard of every other text removes, so that no article can forge a slot;
 * between them is nothing that any escaper would touch.
 *
 * @param name see `slotName`
 */
export function slot(name: string, fallback = ''): string {
  const hex = Buffer.from(fallback.toWellFormed()).toString('hex')
  return `\uFDD0${name}${hex && `__${hex}`}\uFDD1`
}

/** A rendered text as its fixed parts (even places) and its slots (odd places). */
export function splitSlots(text: string): readonly (string | Slot)[] {
  return text.split(marks).map((part, index) => (index % 2 === 0 ? part : readMark(part)))
}

/** The slot that a text is, from end to end. */
export function readSlot(text: string): Slot | undefined {
  const [before, found, after] = splitSlots(text)
  return before === '' && after === '' && typeof found === 'object' ? found : undefined
}

/** A slot's value, or its fallback, as its place needs it. */
export function writeSlot(
  { name, fallback }: Slot,
  values: SlotValues,
  write: (value: string) => string,
): string {
  const value = Object.hasOwn(values, name) ? write(values[name] ?? '') : ''
  return value === '' ? write(fallback) : value
}

function readMark(mark: string): Slot {
  const [name = '', hex = ''] = mark.split('__')
  return { name, fallback: Buffer.from(hex, 'hex').toString() }
}

/** A file of an edition, as it stands in out/: nothing in it is of one reader. */
export interface EditionFile {
  /** relative to out/, with `/` between its parts */
  readonly path: string
  readonly contents: string
}

/** What is known of an edition for good: its `edition.json`. */
export interface SentEdition {
  readonly id: EditionId
  readonly subject: string
  readonly createdAt: Date
  /** of its copy on the web */
  readonly url: string
  /** newest first, as they were when it was sent */
  readonly articles: readonly {
    readonly id: ArticleId
    readonly title: string
    readonly url: string
  }[]
}
