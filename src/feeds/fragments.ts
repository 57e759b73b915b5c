import type { FeedItem } from '../model/feed.ts'

/** Writes an item for a feed in this language: most items need not repeat it. */
export type WriteItem = (item: FeedItem, language: string) => string

/** An item stands in many feeds, where it is the same: it is written once. */
export function writtenOnce(write: WriteItem): WriteItem {
  const known = new WeakMap<FeedItem, { readonly language: string; readonly text: string }>()
  return (item, language) => {
    const before = known.get(item)
    if (before?.language === language) return before.text
    const text = write(item, language)
    known.set(item, { language, text })
    return text
  }
}

/** What stands between two texts of which each occurs at least once: from the first to the last. */
export function between(text: string, start: string, end: string): string {
  return text.slice(text.indexOf(start) + start.length, text.lastIndexOf(end))
}

/** Puts `parts` before the last `end`. Joined one by one, which copies none of them: whole texts are long. */
export function insertBefore(text: string, end: string, parts: readonly string[]): string {
  const at = text.lastIndexOf(end)
  let whole = text.slice(0, at)
  for (const part of parts) whole += part
  return whole + text.slice(at)
}
