import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Feed } from '../../src/model/feed.ts'
import { feedFiles } from './written.ts'

const fixtures = new URL('../fixtures/feeds/', import.meta.url)

function load(name: string): Feed {
  const text = readFileSync(new URL(`${name}/feed.json`, fixtures), 'utf8')
  return JSON.parse(text, (key, value) =>
    key.endsWith('At') || key === 'at' ? new Date(value) : value,
  )
}

it.each(readdirSync(fixtures))('writes the documents of %s to the letter', (name) => {
  const feed = load(name)
  const files = feedFiles([feed])
  expect(files.map(({ path }) => path)).toEqual(
    ['rss.xml', 'atom.xml', 'feed.json'].map((file) => `${feed.folder}${file}`),
  )
  for (const { path, contents } of files) {
    const file = path.slice(feed.folder.length)
    expect(contents).toBe(readFileSync(new URL(`${name}/expected/${file}`, fixtures), 'utf8'))
  }
})

it('writes the same bytes for the same feed, whichever object carries it', () => {
  expect(feedFiles([load('full')])).toEqual(feedFiles([load('full')]))
})
