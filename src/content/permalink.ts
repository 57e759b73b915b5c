/** What the pattern of `content.permalink` may name. */
export interface PermalinkParts {
  readonly slug: string
  readonly year: string
  readonly month: string
  readonly day: string
  readonly section: string
  /** folders below content/ and the slug, with `/` between them */
  readonly path: string
}

/**
 * Puts `:slug :year :month :day :section :path` in place, each percent-encoded as path segments. Empty segments go.
 *
 * @param base the publication's URL, which may have a path of its own
 */
export function expandPermalink(pattern: string, parts: PermalinkParts, base: string): string {
  let path = ''
  for (const [at, text] of partsOf(pattern).entries()) {
    if (at % 2 === 0) path += text
    else path += encodePath(text === 'title' ? parts.slug : parts[text as keyof PermalinkParts])
  }
  return below(base, path.includes('//') ? path.replace(/\/{2,}/g, '/') : path)
}

let lastPattern: readonly [pattern: string, parts: readonly string[]] = ['', ['']]

/** Text and names by turns. Nearly always of the same pattern. */
function partsOf(pattern: string): readonly string[] {
  if (lastPattern[0] !== pattern) {
    const names = /:(slug|title|year|month|day|section|path)\b/
    lastPattern = [pattern, pattern.split(names)]
  }
  return lastPattern[1]
}

/**
 * The URL that an article declares: an absolute one as it is, a path on the publication's URL.
 *
 * @returns undefined for what is no http(s) URL
 */
export function readPermalink(text: string, base: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return withoutIndex(below(base, text))
  const url = parseHttpUrl(text)
  return url && withoutIndex(url)
}

/** @returns the URL in its normal form, undefined for what is no absolute http(s) URL */
export function parseHttpUrl(text: string, base?: string): string | undefined {
  const url = URL.parse(text, base)
  return url && /^https?:$/.test(url.protocol) && url.hostname !== '' ? url.href : undefined
}

/** A path that a URL takes as it is: no dot at the beginning of a segment, which might be a step up. */
const plainPath = /^\/?(?:[\w~-][\w.~-]*\/)*(?:[\w~-][\w.~-]*)?$/

function below(base: string, path: string): string {
  const root = base.endsWith('/') ? base : `${base}/`
  if (plainPath.test(path)) return rootHref(root) + (path.startsWith('/') ? path.slice(1) : path)
  const strayPercent = /%(?![0-9a-f]{2})/gi
  return new URL(root + path.replace(/^[/\\]+/, '').replace(strayPercent, '%25')).href
}

let lastRoot: readonly [root: string, href: string] = ['', '']

/** Nearly always that of the same publication: a URL takes longer to read than to put together. */
function rootHref(root: string): string {
  if (lastRoot[0] !== root) lastRoot = [root, new URL(root).href]
  return lastRoot[1]
}

function encodePath(path: string): string {
  if (/^[\w.~/-]*$/.test(path)) return path
  return path.split('/').map(encodeURIComponent).join('/')
}

function withoutIndex(url: string): string {
  return url.replace(/\/index\.html?$/, '/')
}
