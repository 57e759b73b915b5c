import type { ArticleId } from '../model/article.ts'

/**
 * What a declared identity is in feeds, where it has to be an IRI (RFC 4287 §4.2.6): an absolute URI as it is, a bare
 * UUID as `urn:uuid:`, anything else as `tag:HOST,DAY:id:TEXT`.
 */
export function declaredIdentity(text: string, host: string, day: string): ArticleId {
  if (/^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i.test(text)) {
    return `urn:uuid:${text.replace(/[{}]/g, '').toLowerCase()}`
  }
  if (/^[a-z][a-z0-9+.-]+:[^\s<>"{}|\\^`]+$/i.test(text) && !/%(?![0-9a-f]{2})/i.test(text))
    return text
  return `tag:${host},${day}:id:${encodeSpecific(text)}`
}

/** The text that an identity of `declaredIdentity` carries, encoded, if it carries any. */
export function carriedText(id: ArticleId): string | undefined {
  return /^tag:[^:]*:id:(.+)$/.exec(id)?.[1]
}

/** The authority of a tag URI: a DNS name in lower case ASCII. */
export function hostOf(url: string): string {
  const host = new URL(url).hostname.replace(/[^a-z0-9.-]/g, '-').replace(/^[-.]+|[-.]+$/g, '')
  return host === '' ? 'localhost' : host
}

/** Percent-encodes for the `specific` part of a tag URI: pchar, `/` (RFC 4151 §2.1, RFC 3986 §3.3). */
export function encodeSpecific(text: string): string {
  if (/^[\w.~/-]*$/.test(text)) return text
  return text.split('/').map(encodeURIComponent).join('/')
}
