/** What a request says about what its sender has already (RFC 9110 §13, §14), and what it takes. */

/**
 * The opaque tags of `If-None-Match`, without quotes and `W/`: a cache may compare weakly (§8.8.3.2), and proxies that
 * compress make our tags weak. `*` is among them as it is.
 */
export function readTags(header: string): readonly string[] {
  if (!header.includes('"')) return header.split(',').map((tag) => tag.trim())
  return Array.from(header.matchAll(/"([^"]*)"/g), ([, tag = '']) => tag)
}

/**
 * Whether nothing has changed since `If-Modified-Since`. A date that cannot be read says nothing (§13.1.3).
 *
 * @param modified seconds
 */
export function isUnmodified(header: string | undefined, modified: number): boolean {
  const since = Date.parse(header ?? '')
  return !Number.isNaN(since) && modified * 1000 <= since
}

/** Both ends are within the file. */
export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * The one range that is asked for. Several at once are as good as none: a server may send the whole (§14.2).
 *
 * @param size of the whole, in octets
 * @returns undefined: send the whole; `none`: nothing of it is there (416)
 */
export function readRange(header: string | undefined, size: number): Range | 'none' | undefined {
  // White space stands where one of its parts can match it: a long run of it takes no longer than its length
  const [, first = '', last = ''] =
    /^\s*bytes\s*=\s*(?:(\d+)\s*)?-(?:\s*(\d+))?\s*$/i.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'none' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'none' : { start, end }
}

/**
 * Whether a range is still of the file that its asker has a part of (§13.1.5): by strong comparison, or by a date that
 * is exactly ours, which moves whenever the bytes change.
 *
 * @param lastModified as in the header
 */
export function isSameRange(
  header: string | undefined,
  { tag, lastModified }: { readonly tag: string; readonly lastModified: string },
): boolean {
  return header === undefined || header === `"${tag}"` || header === lastModified
}

/** Whether `A-IM` asks for what is new in a feed (RFC 3229). */
export function wantsDelta(header: string | undefined): boolean {
  if (header === undefined) return false
  return header.split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase())
    return name === 'feed' && !parameters.some((one) => /^q=0(?:\.0*)?$/.test(one))
  })
}
