import { expect, it } from 'vitest'
import { editionFiles } from '../../src/edition/edition-files.ts'
import { renderEdition } from '../../src/edition/render-edition.ts'
import { article, newsletter, publication, renderArticle } from './samples.ts'
import { templates } from './templates.ts'

it('puts an edition on the web without slots and without anybody’s data', async () => {
  const articles = [article('a'), article('b')]
  const edition = {
    id: '2026-11-23',
    subject: 'About a',
    createdAt: new Date('2026-11-23T06:00:00Z'),
    articles: articles.map(({ id }) => id),
  }
  const input = {
    edition,
    articles,
    renderArticle,
    publication,
    newsletter,
    language: 'en',
    templates,
  }
  const message = await renderEdition(input)
  const web = await renderEdition({ ...input, web: true })
  const files = editionFiles({ edition, articles, publication, message, web })
  expect(files.map(({ path }) => path)).toEqual([
    'editions/2026-11-23/index.html',
    'editions/2026-11-23/message.html',
    'editions/2026-11-23/message.txt',
    'editions/2026-11-23/edition.json',
  ])
  for (const { contents } of files) expect(contents).not.toMatch(/[\uFDD0-\uFDEF]/)
  expect(files[0]?.contents).not.toMatch(/unsubscribe/i)
  expect(JSON.parse(files[3]?.contents ?? '')).toEqual({
    id: '2026-11-23',
    subject: 'About a',
    createdAt: '2026-11-23T06:00:00.000Z',
    url: 'https://gazette.example.org/editions/2026-11-23/',
    articles: articles.map(({ id, title, url }) => ({ id, title, url })),
  })
})
