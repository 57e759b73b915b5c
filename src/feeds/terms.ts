import { createHash } from 'node:crypto'
import { type ArticleList, pickFrom } from '../model/article-list.ts'
import { remember } from '../model/memo.ts'
import { cleanLine } from './guard.ts'

/** What articles can have in common, and so have a feed of their own for. */
export type TermKind = 'tag' | 'author' | 'section' | 'language'

/** One tag, author, section or language, with the articles that have it. */
export interface Term {
  /** the same for all spellings that count as one */
  readonly key: string
  /** as it is shown: the spelling of the oldest article, so that a new article renames nothing */
  readonly name: string
  /** newest first */
  readonly articles: ArticleList
}

const known = new WeakMap<ArticleList, Map<TermKind, readonly Term[]>>()

/**
 * The terms of one kind, in the order of their keys. Worked out once for a list of articles.
 *
 * @param articles newest first
 */
export function termsOf(kind: TermKind, articles: ArticleList): readonly Term[] {
  const kinds = known.get(articles) ?? new Map<TermKind, readonly Term[]>()
  known.set(articles, kinds)
  const terms = kinds.get(kind) ?? findTerms(kind, articles)
  kinds.set(kind, terms)
  return terms
}

interface Spelling {
  readonly key: string
  readonly name: string
}

function findTerms(kind: TermKind, articles: ArticleList): readonly Term[] {
  const terms = new Map<string, { name: string; places: number[] }>()
  const spellingsAt = spellings(kind, articles)
  for (let place = 0; place < articles.length; place++) {
    for (const { key, name } of spellingsAt(place)) {
      const term = terms.get(key)
      if (term === undefined) terms.set(key, { name, places: [place] })
      // Of two spellings in one article the first counts
      else if (term.places.at(-1) !== place) {
        term.name = name
        term.places.push(place)
      }
    }
  }
  return [...terms]
    .map(([key, { name, places }]) => ({ key, name, articles: pickFrom(articles, places) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** How the values of an article are spelled, by its place. The same lists of values stand in many. */
function spellings(kind: TermKind, articles: ArticleList): (place: number) => readonly Spelling[] {
  if (kind === 'tag') return spelled(articles.column('tags'), (tags) => tags)
  if (kind === 'author') {
    return spelled(articles.column('authors'), (authors) =>
      authors.map(({ name, email = '' }) => name || email),
    )
  }
  return spelled(articles.column(kind), (value) => [value])
}

function spelled<Cell>(
  cell: (place: number) => Cell,
  valuesOf: (cell: Cell) => readonly string[],
): (place: number) => readonly Spelling[] {
  const spellingOf = remember(spell)
  const spellingsOf = remember((cell: Cell) =>
    valuesOf(cell)
      .map(spellingOf)
      .filter(({ key }) => key !== ''),
  )
  return (place) => spellingsOf(cell(place))
}

function spell(value: string): Spelling {
  const name = cleanLine(value)
  return { key: termKey(name), name }
}

/**
 * What makes two spellings one term: case, Unicode normalisation and the kind of gap between words do not count,
 * so that `Open Source`, `open-source` and `OPEN_SOURCE` are one. Accents and signs do: `C`, `C++` and `C#` are
 * three.
 */
export function termKey(name: string): string {
  const line = cleanLine(name).normalize('NFC').toLowerCase().normalize('NFC')
  return line.replace(/[\s_-]+/g, '-')
}

// Windows has devices under these names, whatever comes after a dot; the others are files of ours.
const reserved =
  /^((con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\.|$)|(index\.html|rss\.xml|atom\.xml|feed\.json)$)/
const longest = 100

/**
 * The folder of a term: one path segment that is safe and the same on Linux, macOS and Windows, and different from
 * that of every other term even where the file system ignores case or normalisation. It is the key where that will
 * do, and otherwise what is left of it and a hash of the key: a function of the term alone, so that no other term
 * that comes or goes can move a feed.
 */
export function termFolder(kind: TermKind, key: string): string {
  const readable = readableOf(key.slice(0, 4 * longest))
  const unchanged =
    key !== '' &&
    readable === key &&
    // `ß` and `ss`, `ı` and `i`, `ς` and `σ` are one to some file systems.
    key.toUpperCase().toLowerCase().normalize('NFC') === key &&
    // A term must not look like another one with its hash.
    !/-[\da-f]{10}$/.test(key)
  if (unchanged && !reserved.test(key) && Buffer.byteLength(key) <= longest) return key
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 10)
  const stem = shorten(readable.replaceAll('.', '-')).replace(/[.-]+$/, '')
  return `${stem || kind}-${hash}`
}

/** Letters, digits, `+` and `.`; a hyphen for all that stands between them. */
function readableOf(text: string): string {
  // To compile the classes of Unicode takes longer than all else here
  if (/^[\w+.-]+$/.test(text)) return text.replace(/[_-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '')
  return text
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[^\p{L}\p{M}\p{N}+.]+/gu, '-')
    .replace(/^[\p{M}.-]+|[.-]+$/gu, '')
    .normalize('NFC')
}

/** At most 100 octets in UTF-8, ending with a whole character. */
function shorten(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= longest) return text
  return new TextDecoder().decode(bytes.subarray(0, longest)).replace(/\uFFFD+$/, '')
}
