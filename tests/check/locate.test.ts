import { expect, it } from 'vitest'
import { lineOfSetting, locateInArticle, locateInConfiguration } from '../../src/check/locate.ts'

const text = `---
title: One & <b>two</b>
"date": 2026-10-01
tags: [a, b]
---

First paragraph.

See [this](https://example.org/odd|one).
`
const article = { file: 'content/one.md', body: { line: 7 } }
const inArticle = (about: object, given = text) => locateInArticle(about, article, given)

it('finds the words that are objected to, wherever they stand in the article', () => {
  const about = { field: 'content_html', subject: 'https://example.org/odd|one' }
  expect(inArticle(about)).toEqual({ file: 'content/one.md', line: 9 })
  expect(inArticle(about, text.replaceAll('\n', '\r\n'))).toEqual({
    file: 'content/one.md',
    line: 9,
  })
})

it('finds the key of the front matter that an element is made from', () => {
  expect(inArticle({ field: 'title' }).line).toBe(2)
  expect(inArticle({ field: 'pubDate', subject: 'Thu, 01 Oct 2026 00:00:00 GMT' }).line).toBe(3)
  expect(inArticle({ field: 'category' }).line).toBe(4)
  expect(inArticle({ field: 'published' }, '+++\ndate = 2026-10-01\n+++\n').line).toBe(2)
})

it('falls back on the beginning of the body, or on the file', () => {
  expect(inArticle({ field: 'encoded', subject: '<script' }).line).toBe(7)
  expect(inArticle({ field: 'link' })).toEqual({ file: 'content/one.md' })
  expect(inArticle({ field: 'title' }, '')).toEqual({ file: 'content/one.md' })
})

it('finds the setting behind what a feed says of itself, in JSON and in a module', () => {
  const file = 'tidings.config.json'
  const pretty =
    '{\n  "publication": {\n    "title": "A",\n    "url": "https://example.org/"\n  }\n}'
  expect(locateInConfiguration({ field: 'title' }, { file, text: pretty }).line).toBe(3)
  expect(locateInConfiguration({ field: 'language' }, { file, text: pretty })).toEqual({ file })
  expect(lineOfSetting('publication.url', pretty)).toBe(4)
  expect(lineOfSetting('server.url', pretty)).toBeUndefined()
  const module = `export default {\n  publication: { title: 'A' },\n  server: { port: 80, url: 'http://example.org/' },\n}`
  expect(lineOfSetting('server.url', module)).toBe(3)
})
