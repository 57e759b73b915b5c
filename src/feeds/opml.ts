import type { Feed } from '../model/feed.ts'
import type { Publication } from '../model/publication.ts'
import { cleanLine, latestDate } from './guard.ts'
import { guardFeed } from './guard-feed.ts'
import { element, escapeXml } from './xml.ts'

/**
 * A subscription list of every feed (OPML 2.0, http://opml.org/spec2.opml), in the order given. Its date is that of
 * the newest change in any of them.
 */
export function renderOpml(publication: Publication, feeds: readonly Feed[]): string {
  // Their articles are of no concern here
  const guarded = feeds.map((feed) => guardFeed({ ...feed, items: [] }))
  const modified = latestDate(guarded.map(({ updatedAt }) => updatedAt))
  const { author } = publication
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<opml version="2.0">',
    '    <head>',
    `        ${element('title', {}, escapeXml(cleanLine(publication.title)))}`,
    `        ${element('dateModified', {}, modified.toUTCString())}`,
    ...headElement('ownerName', author?.name),
    ...headElement('ownerEmail', author?.email),
    ...headElement('ownerId', author?.url),
    `        ${element('docs', {}, 'http://opml.org/spec2.opml')}`,
    '    </head>',
    '    <body>',
    ...guarded.map((feed) => `        ${outline(feed)}`),
    '    </body>',
    '</opml>',
    '',
  ].join('\n')
}

function headElement(name: string, value: string | undefined): readonly string[] {
  const text = cleanLine(value ?? '')
  return text === '' ? [] : [`        ${element(name, {}, escapeXml(text))}`]
}

function outline({ title, description, language, homeUrl, urls }: Feed): string {
  return element('outline', {
    type: 'rss',
    text: title,
    title,
    description: description === title ? undefined : description,
    xmlUrl: urls.rss,
    htmlUrl: homeUrl,
    language: language || undefined,
    version: 'RSS2',
  })
}
