const schemes = new Set(['http:', 'https:', 'mailto:', 'tel:'])
const webSchemes = new Set(['http:', 'https:'])

// What Node's URL parser would return unchanged, found without asking it: most links of most articles
const canonical =
  /^https?:\/\/[a-z0-9-]+(?:\.[a-z][a-z0-9-]*)+\/(?!.*\/\.)[\w\-/.~%?=&;,:@+!$()*]*$/
const rasterData = /^data:image\/(?:png|gif|jpe?g|webp|avif);base64,[A-Za-z0-9+/=]+$/

/** Longest `data:` picture that stays, in characters: an icon, not a photograph that every reader would have to load. */
const longestData = 16_384

/** Whether an attribute's value, escaped, is a link of the web that stays as it is: most are. */
export function isUsualLink(value: string): boolean {
  return !/&(?!amp;)/.test(value) && canonical.test(value.replaceAll('&amp;', '&'))
}

/**
 * The absolute form of a link's address.
 *
 * Read by the parser that browsers share (WHATWG URL), so that what hides a scheme from a pattern (tabs, line ends,
 * control characters, mixed case) does not hide it here.
 *
 * @returns undefined when it is no URL, or of a scheme other than http, https, mailto and tel
 */
export function resolveLink(value: string, base: string): string | undefined {
  if (canonical.test(value)) return value
  const url = parse(value, base)
  return url !== undefined && schemes.has(url.protocol) ? url.href : undefined
}

/** The absolute form of an address that is fetched: http and https only. */
export function resolveMedia(value: string, base: string): string | undefined {
  if (canonical.test(value)) return value
  if (value.trim() === '') return undefined
  const url = parse(value, base)
  return url !== undefined && webSchemes.has(url.protocol) ? url.href : undefined
}

/** The same for a picture, which may also be a small raster image in a `data:` URL. */
export function resolvePicture(value: string, base: string): string | undefined {
  const data = value.trim()
  if (!/^data:/i.test(data)) return resolveMedia(value, base)
  return data.length <= longestData && rasterData.test(data) ? data : undefined
}

/** The candidates of a `srcset` (HTML, 4.8.4.2.1) that may stay, with absolute URLs; empty when there are none. */
export function resolveSrcset(value: string, base: string): string {
  const kept: string[] = []
  let at = 0
  while (at < value.length && kept.length < 40) {
    const [, skipped = '', token = ''] = /^([\s,]*)(\S*)/.exec(value.slice(at, at + 4096)) ?? []
    at += skipped.length + token.length
    if (token === '') break
    const url = token.replace(/,{1,20}$/, '')
    let descriptor = ''
    if (url === token) {
      const end = value.indexOf(',', at)
      descriptor = value.slice(at, end === -1 ? value.length : end).trim()
      at = end === -1 ? value.length : end + 1
    }
    const absolute = resolveMedia(url, base)
    if (absolute === undefined || !/^(?:\d{1,6}(?:\.\d{1,3})?[wxh])?$/.test(descriptor)) continue
    const safe = absolute.replace(/,$/, '%2C')
    kept.push(descriptor === '' ? safe : `${safe} ${descriptor}`)
  }
  return kept.join(', ')
}

function parse(value: string, base: string): URL | undefined {
  return URL.parse(value, base) ?? undefined
}
