/** What a reader who has followed a feed will see after the next build. Titles, in the order of the feed. */
export interface Explanation {
  /** below out/: `tags/nato/`, empty for the site */
  readonly folder: string
  readonly fresh: readonly string[]
  /** older ones that take the places of those that are gone */
  readonly back: readonly string[]
  readonly changed: readonly string[]
  /** left the feed without being pushed out by newer ones */
  readonly gone: readonly string[]
  /** whole sentences: what would show an old article as new */
  readonly warnings: readonly string[]
}

/** What a feed's documents do not tell. */
export interface ExplainTerms {
  /** whether a former build has known the article */
  wasPublished(id: string): boolean
  /** whether it had been withdrawn until now */
  wasWithdrawn(id: string): boolean
  /** @param date RFC 3339. @returns the day for people, in the publication's time zone */
  dayOf(date: string): string
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
  terms: ExplainTerms,
): Explanation {
  const old = readItems(before)
  const next = readItems(after) ?? []
  if (!old) return { folder, fresh: [], back: [], changed: [], gone: [], warnings: [] }
  const oldById = new Map(old.map((item) => [item.id, item]))
  const nextIds = new Set(next.map(({ id }) => id))
  const added = next.filter(({ id }) => !oldById.has(id))
  const changed = next.filter((item) => (oldById.get(item.id)?.seen ?? item.seen) !== item.seen)
  const lost = old.filter(({ id }) => !nextIds.has(id))
  const gone = lost.filter((item) => !wasPushedOut(item, next, old))
  const twinOf = ({ url, title }: Item) =>
    lost.find((item) => item.url === url) ?? gone.find((item) => item.title === title)
  // In a feed of a term that has grown, an old article is one that has joined it
  const mayReturn = folder === '' || next.length <= old.length
  const returned = added.filter(
    (item) =>
      mayReturn && !twinOf(item) && terms.wasPublished(item.id) && isBehind(item, old.at(-1)),
  )
  const isBack = returned.length <= gone.length
  const fresh = isBack ? added.filter((item) => !returned.includes(item)) : added
  const warnings = [
    ...fresh.flatMap((item) => explainFresh(item, twinOf(item), returned.includes(item), terms)),
    ...next.flatMap((item) => explainMoved(item, oldById.get(item.id), terms)),
    ...explainMass(changed.length, next.length),
  ]
  const titles = (items: readonly Item[]) => items.map(({ title }) => title)
  return {
    folder,
    fresh: titles(fresh),
    back: isBack ? titles(returned) : [],
    changed: titles(changed),
    gone: titles(gone),
    warnings,
  }
}

function isBehind({ published }: Item, oldest: Item | undefined): boolean {
  return oldest !== undefined && published < oldest.published
}

/** An article that is new to the feed and is not a new article. */
function explainFresh(
  item: Item,
  twin: Item | undefined,
  isReturned: boolean,
  { wasWithdrawn, dayOf }: ExplainTerms,
): string[] {
  if (twin) {
    return [
      `“${item.title}” has another identity than before and will show as new: it was ${twin.id} and would be ${item.id}; add 'id: ${twin.id}' to it`,
    ]
  }
  const what = `“${item.title}” of ${dayOf(item.published)}`
  if (isReturned)
    return [`${what} comes back into the feed from behind its end and will show as new`]
  return wasWithdrawn(item.id)
    ? [`${what} was withdrawn and comes back: some readers will show it as new`]
    : []
}

function explainMoved(item: Item, was: Item | undefined, { dayOf }: ExplainTerms): string[] {
  if (!was || was.published === item.published) return []
  const [from, to] = [dayOf(was.published), dayOf(item.published)]
  const days = from === to ? `within ${from}` : `from ${from} to ${to}`
  return [
    `“${item.title}” has its date of publication moved ${days}: readers sort it anew, and some show it as new; say 'updated' instead`,
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
        url,
        item.authors,
        item.attachments,
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
