import { parseOpml } from 'feedsmith'
import { expect, it } from 'vitest'
import { renderOpml } from '../../src/feeds/opml.ts'
import { parseStrictly } from './read-back.ts'
import { feed, publication } from './samples.ts'

it('lists every feed for a reader to import, dated by the newest change', () => {
  const list = [
    feed(),
    feed({ title: 'Field Notes: "R&D" <\0>', updatedAt: new Date('2022-07-01T00:00:00Z') }),
  ]
  const opml = renderOpml({ ...publication, author: { name: 'The Desk' } }, list)
  parseStrictly(opml)
  expect(parseOpml(opml)).toMatchObject({
    head: {
      title: 'Field Notes',
      dateModified: 'Fri, 01 Jul 2022 00:00:00 GMT',
      ownerName: 'The Desk',
    },
    body: {
      outlines: [
        { type: 'rss', text: 'Field Notes', xmlUrl: 'https://example.org/blog/rss.xml' },
        { type: 'rss', text: 'Field Notes: "R&D" <>' },
      ],
    },
  })
})
