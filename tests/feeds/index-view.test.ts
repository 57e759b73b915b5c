import { expect, it } from 'vitest'
import { listChannels } from '../../src/feeds/channels.ts'
import { feedIndexView } from '../../src/feeds/index-view.ts'
import { collection, publication } from './samples.ts'

it('has every string of the page ready, in the language and time zone of the publication', () => {
  const articles = collection({
    title: 'Cumbre',
    tags: ['OTAN'],
    publishedAt: new Date('2022-06-29T23:30:00Z'),
    authors: [{ name: 'Inés' }, { name: 'Tomás' }],
  })
  const spanish = { ...publication, language: 'es' }
  const view = feedIndexView(spanish, listChannels(spanish, articles, ['tag']), articles.articles)
  expect(view.feeds.map(({ kind, term, count, atom }) => [kind, term, count, atom])).toEqual([
    ['site', '', '1', 'https://example.org/blog/atom.xml'],
    ['tag', 'OTAN', '1', 'https://example.org/blog/tags/otan/atom.xml'],
  ])
  expect(view.articles).toEqual([
    {
      title: 'Cumbre',
      url: 'https://example.org/blog/first/',
      date: '30 de junio de 2022',
      isoDate: '2022-06-29T23:30:00Z',
      byline: 'Inés y Tomás',
      language: 'en',
    },
  ])
})

it('reads from right to left where the language does', () => {
  expect(feedIndexView({ ...publication, language: 'he' }, [], []).direction).toBe('rtl')
})
