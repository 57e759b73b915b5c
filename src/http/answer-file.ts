import type { Found } from './site.ts'

type File = Extract<Found, { kind: 'file' }>

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  opml: 'text/x-opml; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  ico: 'image/x-icon',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  pdf: 'application/pdf',
}

const feeds: Readonly<Record<string, string>> = {
  'rss.xml': 'application/rss+xml; charset=utf-8',
  'atom.xml': 'application/atom+xml; charset=utf-8',
  'feed.json': 'application/feed+json',
}

/** Messages bring their own looks and pictures from anywhere, as in a mail program; a script they never run. */
const editionPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

/** Answers with a file, or with 304 when the asker has it (RFC 9110 §13.2.2). */
export function answerFile(asked: Headers, file: File): Response {
  const headers = new Headers({
    'Content-Type': typeOf(file.name),
    // Readers ask again whenever they want to know, and mostly hear 304
    'Cache-Control': 'public, no-cache',
    ETag: file.etag,
    'Last-Modified': file.modified.toUTCString(),
  })
  if (file.name.startsWith('editions/')) headers.set('Content-Security-Policy', editionPolicy)
  if (isFresh(asked, file)) return new Response(null, { status: 304, headers })
  headers.set('Content-Length', String(file.bytes.byteLength))
  return new Response(file.bytes, { headers })
}

function isFresh(asked: Headers, { etag, modified }: File): boolean {
  const tags = asked.get('If-None-Match')
  if (tags !== null) {
    return tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
  }
  const since = Date.parse(asked.get('If-Modified-Since') ?? '')
  return !Number.isNaN(since) && Math.floor(modified.getTime() / 1000) * 1000 <= since
}

function typeOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase()
  const ending = /\.(\w+)$/.exec(last)?.[1] ?? ''
  return (
    (Object.hasOwn(feeds, last) ? feeds[last] : undefined) ??
    (Object.hasOwn(types, ending) ? types[ending] : undefined) ??
    'application/octet-stream'
  )
}
