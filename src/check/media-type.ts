import type { Format } from './check-document.ts'
import { type Notes, show } from './notes.ts'

/** The media types that each format may be served with, the best one first. */
const types: Readonly<Record<Format, readonly string[]>> = {
  rss: ['application/rss+xml', 'application/xml', 'text/xml'],
  rdf: ['application/rdf+xml', 'application/rss+xml', 'application/xml', 'text/xml'],
  atom: ['application/atom+xml', 'application/xml', 'text/xml'],
  json: ['application/feed+json', 'application/json'],
  opml: ['text/x-opml', 'text/x-opml+xml', 'application/xml', 'text/xml'],
  html: [],
  unknown: [],
}

/** Whether a server says what a document is. */
export function checkMediaType(format: Format, contentType: string, notes: Notes): void {
  const [expected] = types[format]
  if (expected === undefined) return
  const served = contentType.replace(/;.*$/s, '').trim().toLowerCase()
  if (served === '') {
    notes.warn('media-type', 0, `the server names no media type; let it say ${expected}`)
  } else if (!types[format].includes(served)) {
    const message = `it is served as ${show(served)}, so that readers may refuse it; serve it as ${expected}`
    notes.warn('media-type', 0, message)
  } else if (served === 'text/xml' && !/charset/i.test(contentType)) {
    const message = `text/xml without charset was once US-ASCII; serve it as ${expected}`
    notes.warn('media-type', 0, message)
  }
}
