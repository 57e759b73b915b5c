import { type Notes, show } from './notes.ts'
import type { XmlElement } from './xml-tree.ts'

export const atom = 'http://www.w3.org/2005/Atom'
export const content = 'http://purl.org/rss/1.0/modules/content/'
export const dc = 'http://purl.org/dc/elements/1.1/'
export const dcterms = 'http://purl.org/dc/terms/'
export const history = 'http://purl.org/syndication/history/1.0'
export const itunes = 'http://www.itunes.com/dtds/podcast-1.0.dtd'
export const media = 'http://search.yahoo.com/mrss/'
export const podcast = 'https://podcastindex.org/namespace/1.0'
export const slash = 'http://purl.org/rss/1.0/modules/slash/'
export const sy = 'http://purl.org/rss/1.0/modules/syndication/'
export const thr = 'http://purl.org/syndication/thread/1.0'
export const tombstones = 'http://purl.org/atompub/tombstones/1.0'
export const xhtml = 'http://www.w3.org/1999/xhtml'
export const xml = 'http://www.w3.org/XML/1998/namespace'
const wfw = 'http://wellformedweb.org/CommentAPI/'
const geo = 'http://www.georss.org/georss'

/** By the prefix that everybody uses, and that readers without namespaces go by. */
const usual: Readonly<Record<string, string>> = {
  ...{ atom, content, dc, dcterms, fh: history, itunes, media, podcast, slash, sy, thr },
  ...{ at: tombstones, wfw, georss: geo, xhtml },
}
const uris = new Map(Object.entries(usual).map(([prefix, uri]) => [uri, prefix]))

/** Namespaces that were misspelt, or are known under another prefix. */
export function checkNamespaces(root: XmlElement, notes: Notes): void {
  const told = new Set<string>()
  const visit = (element: XmlElement) => {
    for (const { name, value, at } of element.attributes) {
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue
      const prefix = name.slice(6)
      if (told.has(`${prefix} ${value}`)) continue
      told.add(`${prefix} ${value}`)
      if (/\s/.test(value))
        notes.error('namespace-wrong', at, `${show(value)} has white space in it; remove it`)
      const meant = uris.has(value) ? undefined : [...uris.keys()].find((uri) => near(uri, value))
      const expected = Object.hasOwn(usual, prefix) ? usual[prefix] : undefined
      const known = uris.get(value)
      if (meant !== undefined)
        notes.error(
          'namespace-wrong',
          at,
          `${show(value)} is not the namespace ${meant}; correct it`,
        )
      else if (expected !== undefined && expected !== value)
        notes.warn('namespace-prefix', at, `prefix ${prefix} is known for ${expected}; use another`)
      else if (
        known !== undefined &&
        prefix !== '' &&
        prefix !== known &&
        value !== atom &&
        !isAlias(prefix, known)
      )
        notes.warn(
          'namespace-prefix',
          at,
          `prefix ${show(prefix)} stands for ${value}, which some readers know as ${known} only; rename it`,
        )
    }
    for (const child of element.children) visit(child)
  }
  visit(root)
}

function isAlias(prefix: string, known: string): boolean {
  return (
    `${prefix} ${known}` === 'a10 atom' || (known === 'xhtml' && /^(?:h|html|xh)$/.test(prefix))
  )
}

/** Whether two names differ only in what people get wrong: case, https, www, a slash at the end. */
function near(uri: string, value: string): boolean {
  const bare = (one: string) =>
    one
      .toLowerCase()
      .replace(/^https?:\/\/(?:www\.)?/, '')
      .replace(/[/#]+$/, '')
  return bare(uri) === bare(value)
}
