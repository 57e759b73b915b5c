import { expect, it } from 'vitest'
import { listChannels } from '../../src/feeds/channels.ts'
import type { TermKind } from '../../src/feeds/terms.ts'
import type { Article } from '../../src/model/article.ts'
import type { Publication } from '../../src/model/publication.ts'
import { pageViews } from '../../src/pages/page-views.ts'
import { templates } from '../edition/templates.ts'
import { collection, publication } from '../feeds/samples.ts'

const { languages } = templates

function pagesOf(
  articles: readonly Partial<Article>[],
  { changes = {}, per = ['tag'] }: { changes?: Partial<Publication>; per?: TermKind[] } = {},
) {
  const given = { ...publication, ...changes }
  const channels = listChannels(given, collection(...articles), per)
  const render = ({ description }: Article) => ({ html: '', summary: description })
  return pageViews({ publication: given, channels, limit: 2, render, languages })
}

it('has every string of the front page ready, in the language and time zone of the publication', () => {
  const [front] = pagesOf(
    [
      {
        title: 'Cumbre',
        tags: ['OTAN'],
        publishedAt: new Date('2022-06-29T23:30:00Z'),
        authors: [{ name: 'Inés' }, { name: 'Tomás' }],
        description: 'Not on the front page',
      },
    ],
    { changes: { language: 'es' } },
  )
  expect(front?.path).toBe('index.html')
  expect(front?.view).toMatchObject({ lang: 'es', dir: 'ltr', root: '', articles: [{}] })
  expect(front?.view.groups).toMatchObject([
    {
      kind: 'tag',
      heading: 'Etiquetas',
      feeds: [
        {
          name: 'OTAN',
          count: '1 artículo',
          page: 'tags/otan/index.html',
          atom: 'https://example.org/blog/tags/otan/atom.xml',
        },
      ],
    },
  ])
  expect(front?.view.articles).toEqual([
    {
      title: 'Cumbre',
      url: 'https://example.org/blog/first/',
      lang: 'en',
      dir: 'ltr',
      date: '30 de junio de 2022',
      isoDate: '2022-06-29T23:30:00Z',
      byLine: 'Por Inés y Tomás',
      summary: null,
    },
  ])
})

it('has a page for each feed, with the newest articles and their summaries', () => {
  const [, page] = pagesOf(
    ['Newest', 'Middle', 'Oldest'].map((title) => ({
      title,
      tags: ['À bas!'],
      description: `About ${title}`,
    })),
  )
  expect(page).toMatchObject({ path: expect.stringMatching(/^tags\/[^/]+\/index\.html$/) })
  expect(page?.view).toMatchObject({ root: '../../', title: 'À bas! · Field Notes' })
  expect(page?.view.feed).toMatchObject({ count: '3 articles', folder: '' })
  expect(page?.view.articles.map(({ title, summary }) => [title, summary])).toEqual([
    ['Newest', 'About Newest'],
    ['Middle', 'About Middle'],
  ])
})

it('says which words are whose: the page speaks English where nobody has translated it', () => {
  const [front] = pagesOf([{ language: 'he' }], { changes: { language: 'he' } })
  expect(front?.view).toMatchObject({ lang: 'en', dir: 'ltr' })
  expect(front?.view.publication).toMatchObject({ lang: 'he', dir: 'rtl' })
  expect(front?.view.articles[0]).toMatchObject({ lang: 'he', dir: 'rtl' })
})

it('names languages in the language of the page, and sorts names as people do', () => {
  const languagesOf = (language: string) =>
    pagesOf([{ language: 'de' }, { id: 'tag:example.org,2026:2', language: 'en' }], {
      changes: { language },
      per: ['language'],
    })[0]?.view.groups[0]?.feeds.map(({ name }) => name)
  expect(languagesOf('en')).toEqual(['English', 'German'])
  expect(languagesOf('de')).toEqual(['Deutsch', 'Englisch'])
})

it('links an icon only where it lies beside the page, since a page asks nobody else for anything', () => {
  const iconOf = (icon: string) => pagesOf([{ tags: ['a'] }], { changes: { icon } })[1]?.view.icon
  expect(iconOf('https://example.org/blog/icon.png')).toBe('../../icon.png')
  expect(iconOf('https://cdn.example.net/icon.png')).toBeNull()
})
