import fc from 'fast-check'
import { expect, it } from 'vitest'
import { editionSubject } from '../../src/edition/subject.ts'
import type { Article } from '../../src/model/article.ts'
import { slot } from '../../src/model/edition.ts'
import { article, newsletter, publication, renderArticle } from './samples.ts'
import { templates } from './templates.ts'

function subject(source: string, ...articles: Article[]): string {
  const words = templates.languages.get('en')
  if (!words) throw new Error('no English')
  return editionSubject(source, {
    id: '2026-11-23',
    createdAt: new Date('2026-11-23T06:00:00Z'),
    articles,
    renderArticle,
    publication,
    newsletter,
    language: 'en',
    words,
  })
}

it('is the title of the lead story as it was typed, on one line', () => {
  const title = 'Salt & "pepper"\r\nBcc: all@example.com <b>'
  expect(subject('{{ articles[0].title }}', article('a', { title }))).toBe(
    'Salt & "pepper" Bcc: all@example.com <b>',
  )
})

it('may address the reader by name', () => {
  expect(subject('{{ reader.name }}, {{ newsletter.name }}', article('a'))).toBe(
    `${slot('name')}, The Gazette on Mondays`,
  )
})

it('is the name of the newsletter and the date when nothing else is left', () => {
  expect(subject('{{ lead.tag }} ', article('a'))).toBe('The Gazette on Mondays, November 23, 2026')
})

it('names the place of a mistake', () => {
  expect(() => subject('{{ artikel[0].title }}', article('a'))).toThrow(
    /^newsletter\.subject:1: undefined variable: artikel; /,
  )
  expect(() => subject('{{ title', article('a'))).toThrow(/^newsletter\.subject:1: /)
})

it('stays one short line without controls, whatever is in a title', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (title) => {
      const line = subject('{{ lead.title }} {{ reader.name }}', article('a', { title }))
      expect(line.length).toBeLessThanOrEqual(180)
      expect(line.replaceAll(slot('name'), '')).not.toMatch(/\p{Cc}|[\u2028-\u202E\uFDD0-\uFDEF]/u)
      expect(line.isWellFormed()).toBe(true)
    }),
    { numRuns: 200 },
  )
})
