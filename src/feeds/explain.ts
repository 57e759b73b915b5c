/** What a reader who has followed a feed will see after the next build. Titles, in the order of the feed. */
export interface Explanation {
  /** below out/: `tags/nato/`, empty for the site */
  readonly folder: string
  readonly fresh: readonly string[]
  readonly changed: readonly string[]
  /** left the feed without being pushed out by newer ones */
  readonly gone: readonly string[]
  /** whole sentences: what would show an old article as new */
  readonly warnings: readonly string[]
}

interface Item {
  readonly id: string
  readonly url: string
  readonly title: string
  /** RFC 3339, as it stands in the document */
  readonly published: string
  /** all that a reader would notice */
  readonly seen: string
}

/** From so many changed items on, and more than half of a feed, a change is one of the whole rather than of its parts. */
const massEdit = 5

/**
 * Compares a feed's JSON document as it is published with the next one. A feed that was not there before has nothing
 * to explain: nobody follows it yet.
 *
 * @param before the text of feed.json in out/; undefined, or not a JSON Feed, when there is none
 */
export function explainFeed(
  folder: string,
  before: string | undefined,
  after: string,
): Explanation {
  const old = readItems(before)
  const next = readItems(after) ?? []
  if (!old) return { folder, fresh: [], changed: [], gone: [], warnings: [] }
  const oldById = new Map(old.map((item) => [item.id, item]))
  const nextIds = new Set(next.map(({ id }) => id))
  const fresh = next.filter(({ id }) => !oldById.has(id))
  const changed = next.filter((item) => (oldById.get(item.id)?.seen ?? item.seen) !== item.seen)
  const lost = old.filter(({ id }) => !nextIds.has(id))
  const warnings = [
    ...fresh.flatMap((item) => explainFresh(item, old, lost)),
    ...next.flatMap((item) => explainMoved(item, oldById.get(item.id))),
    ...explainMass(changed.length, next.length),
  ]
  const titles = (items: readonly Item[]) => items.map(({ title }) => title)
  return {
    folder,
    fresh: titles(fresh),
    changed: titles(changed),
    gone: titles(lost.filter((item) => !wasPushedOut(item, next, old))),
    warnings,
  }
}

/** An article that is new to the feed and is not a new article. */
function explainFresh(item: Item, old: readonly Item[], lost: readonly Item[]): string[] {
  const twin = lost.find(({ url, title }) => url === item.url || title === item.title)
  if (twin) {
    return [
      `“${item.title}” has another identity than before and will show as new: it was ${twin.id} and would be ${item.id}; add 'id: ${twin.id}' to it`,
    ]
  }
  const oldest = old.at(-1)
  if (!oldest || item.published >= oldest.published) return []
  return [
    `“${item.title}” of ${item.published.slice(0, 10)} comes back into the feed from behind its end and will show as new`,
  ]
}

function explainMoved(item: Item, was: Item | undefined): string[] {
  if (!was || was.published === item.published) return []
  const days = `${was.published.slice(0, 10)} to ${item.published.slice(0, 10)}`
  return [
    `“${item.title}” has its date of publication moved from ${days}: readers sort it anew, and some show it as new; say 'updated' instead`,
  ]
}

function explainMass(changed: number, all: number): string[] {
  if (changed < massEdit || changed * 2 <= all) return []
  return [
    `${changed} of ${all} articles have changed at once: readers that show changes will show them all`,
  ]
}

/** Newer ones took its place in a feed that holds only so many. */
function wasPushedOut(item: Item, next: readonly Item[], old: readonly Item[]): boolean {
  const end = next.at(-1)
  return next.length >= old.length && end !== undefined && item.published <= end.published
}

function readItems(text: string | undefined): readonly Item[] | undefined {
  const feed = parse(text)
  if (!isRecord(feed) || !Array.isArray(feed.items)) return undefined
  return feed.items.filter(isRecord).map((item): Item => {
    const { id, url, title, date_published: published } = item
    return {
      id: String(id ?? ''),
      url: String(url ?? ''),
      title: String(title ?? ''),
      published: String(published ?? ''),
      seen: JSON.stringify([
        title,
        item.content_html,
        item.content_text,
        item.summary,
        item.date_modified,
      ]),
    }
  })
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined // not ours to judge: it is about to be replaced
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
