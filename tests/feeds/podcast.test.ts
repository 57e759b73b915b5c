import { parseRssFeed } from 'feedsmith'
import { expect, it } from 'vitest'
import { podcastGuid } from '../../src/feeds/podcast.ts'
import { feed, item } from './samples.ts'
import { renderRss } from './written.ts'

it.each([
  ['https://podnews.net/rss', '9b024349-ccf0-5f69-a609-6b82873eab3c'],
  ['http://mp3s.nashownotes.com/pc20rss.xml', '917393e3-1b1e-5cef-ace4-edaa54e1f810'],
])('gives %s the identity that the Podcasting 2.0 specification gives it', (url, guid) => {
  expect(podcastGuid(url)).toBe(guid)
})

it('makes a feed a podcast when an article carries audio, and only then', () => {
  const enclosure = {
    url: 'https://example.org/talk.mp3',
    type: 'audio/mpeg',
    length: 1000,
    duration: 3723,
  }
  const authors = [{ name: 'The Desk', email: 'desk@example.org' }]
  const podcastCategory = 'News > Politics'
  const spoken = parseRssFeed(
    renderRss(feed({ authors, podcastCategory, items: [item({ enclosure })] })),
  )
  expect(spoken).toMatchObject({
    itunes: {
      author: 'The Desk',
      explicit: false,
      categories: [{ text: 'News', categories: [{ text: 'Politics' }] }],
      owner: { name: 'The Desk', email: 'desk@example.org' },
    },
    podcast: { guid: podcastGuid('https://example.org/blog/rss.xml') },
    items: [{ itunes: { duration: 3723 } }],
  })
  const picture = { ...enclosure, type: 'image/png' }
  expect(renderRss(feed({ items: [item({ enclosure: picture })] }))).not.toMatch(/itunes|podcast/)
})
