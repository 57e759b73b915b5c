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
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  mp4: 'video/mp4',
  webm: 'video/webm',
  pdf: 'application/pdf',
}

const feeds: Readonly<Record<string, string>> = {
  'rss.xml': 'application/rss+xml; charset=utf-8',
  'atom.xml': 'application/atom+xml; charset=utf-8',
  'feed.json': 'application/feed+json',
}

/** The media type of a file, by its name. */
export function mediaTypeOf(name: string): string {
  const last = lastOf(name)
  const ending = /\.(\w+)$/.exec(last)?.[1] ?? ''
  return (
    (Object.hasOwn(feeds, last) ? feeds[last] : undefined) ??
    (Object.hasOwn(types, ending) ? types[ending] : undefined) ??
    'application/octet-stream'
  )
}

/** Whether it is one of a feed's three documents. */
export function isFeed(name: string): boolean {
  return Object.hasOwn(feeds, lastOf(name))
}

/** Whether it gets smaller by compressing; pictures and sound are compressed already. */
export function isCompressible(type: string): boolean {
  return /^text\/|^application\/(?:[\w.-]+\+)?(?:json|xml)\b|\+xml$/.test(type)
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).toLowerCase()
}
