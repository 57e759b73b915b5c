import { createHash } from 'node:crypto'
import type { Feed, FeedItem } from '../model/feed.ts'
import { element } from './xml.ts'

/**
 * What makes a feed a podcast: Apple's elements (https://help.apple.com/itc/podcasts_connect/#/itcb54353390) and the
 * first ones of Podcasting 2.0 (https://podcasting2.org/docs/podcast-namespace). Only a feed with audio has them.
 */
export const podcastNamespaces = [
  'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
  'xmlns:podcast="https://podcastindex.org/namespace/1.0"',
]

export function isPodcast({ items }: Feed): boolean {
  return items.some(hasAudio)
}

function hasAudio({ enclosure }: FeedItem): boolean {
  return enclosure?.type.startsWith('audio/') ?? false
}

/** @param text encodes plain text as XML content */
export function channelPodcast(feed: Feed, text: (value: string) => string): readonly string[] {
  if (!isPodcast(feed)) return []
  const { title, authors, icon, firstUrl, urls, history } = feed
  const owner = authors.find(({ email }) => email !== undefined)
  return [
    element('itunes:author', {}, text(authors.map(({ name }) => name).join(', ') || title)),
    ...(owner?.email
      ? [
          element(
            'itunes:owner',
            {},
            element('itunes:name', {}, text(owner.name)) +
              element('itunes:email', {}, text(owner.email)),
          ),
        ]
      : []),
    ...categoryElement(feed.podcastCategory),
    element('itunes:explicit', {}, 'false'),
    ...pictureElement(icon),
    element('podcast:guid', {}, podcastGuid(firstUrl ?? (history?.current ?? urls).rss)),
    element('podcast:locked', {}, 'no'),
  ]
}

export function itemPodcast(item: FeedItem): readonly string[] {
  if (!hasAudio(item)) return []
  const duration = item.enclosure?.duration
  return [
    ...(duration ? [element('itunes:duration', {}, String(duration))] : []),
    ...pictureElement(item.image?.url),
  ]
}

function categoryElement(category: string | undefined): readonly string[] {
  if (category === undefined) return []
  const [whole, part] = category.split(' > ')
  const inner = part === undefined ? '' : element('itunes:category', { text: part })
  return [element('itunes:category', { text: whole }, inner)]
}

/** Apple takes PNG and JPEG only, and tells them by their names. */
function pictureElement(href: string | undefined): readonly string[] {
  return href && /\.(?:png|jpe?g)$/i.test(href) ? [element('itunes:image', { href })] : []
}

const namespace = Buffer.from('ead4c236bf5858c6a2c6a6b28d128cb6', 'hex')

/** A UUID of version 5 (RFC 9562 §5.5) of the feed's address without its scheme and the slashes at its end. */
export function podcastGuid(url: string): string {
  const name = url.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, '')
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
