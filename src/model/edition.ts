import type { ArticleId } from './article.ts'

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
}

/**
 * An edition in one language, with slots still empty. A slot is `\uFDD0NAME\uFDD1`: noncharacters, which the
 * guard of every other text removes, so that no article can forge one.
 */
export interface RenderedEdition {
  readonly language: string
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** What is filled in for each recipient. */
export interface SlotValues {
  /** the subscriber's name, or empty */
  readonly name: string
  readonly address: string
  /** https, leads to a page with one button; or mailto where there is no server */
  readonly unsubscribeUrl: string
}

export type SlotName = keyof SlotValues

/** The place that `fillSlots` will fill. */
export function slot(name: SlotName): string {
  return `\uFDD0${name}\uFDD1`
}
