import { Buffer } from 'node:buffer'
import type { FeedItem } from '../model/feed.ts'

/** An item as UTF-8, for a feed in this language: most items need not repeat it. */
export type WriteItem = (item: FeedItem, language: string) => Uint8Array

/** An item stands in many feeds, where it is the same: it is written once. */
export function writtenOnce(write: (item: FeedItem, language: string) => string): WriteItem {
  const known = new WeakMap<FeedItem, { readonly language: string; readonly bytes: Uint8Array }>()
  return (item, language) => {
    const before = known.get(item)
    if (before?.language === language) return before.bytes
    const bytes = Buffer.from(write(item, language))
    known.set(item, { language, bytes })
    return bytes
  }
}

/** What stands between two texts of which each occurs at least once: from the first to the last. */
export function between(text: string, start: string, end: string): string {
  return text.slice(text.indexOf(start) + start.length, text.lastIndexOf(end))
}

/**
 * Puts `parts` before the last `end`, as UTF-8. Never one text: a single character beyond Latin-1 makes all of it
 * twice as long, and encoding it takes longer than all the rest.
 */
export function insertBefore(text: string, end: string, parts: readonly Uint8Array[]): Uint8Array {
  const at = text.lastIndexOf(end)
  return Buffer.concat([Buffer.from(text.slice(0, at)), ...parts, Buffer.from(text.slice(at))])
}
