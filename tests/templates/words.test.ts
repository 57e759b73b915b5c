import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { fill, fillPlural, parseWords, pickLanguage } from '../../src/templates/words.ts'
import { templates } from '../edition/templates.ts'

const { languages } = templates
const english = languages.get('en')

describe('the language of a reader', () => {
  it.each([
    ['es-MX', 'es'],
    ['DE', 'de'],
    ['fr_CA', 'fr'],
    ['zh-Hant-TW', 'en'],
    ['', 'en'],
  ])('%j gets %s', (wanted, picked) => {
    expect(pickLanguage(languages, wanted)).toBe(picked)
  })
})

it('fills the places of a sentence in one pass', () => {
  expect(fill('{a} {b} {c}', { a: '{b}', b: '$&' })).toBe('{b} $& {c}')
})

it('counts in the plural forms of a language', () => {
  const more = (count: number) => {
    const words = languages.get('ar')
    return words && fillPlural(words.more, count, 'ar')
  }
  expect(new Set([1, 2, 3, 11].map(more)).size).toBe(4)
  expect(english && fillPlural(english.more, 1234, 'en')).toBe('And 1,234 more stories on the web')
})

describe('a language file', () => {
  const parse = (source: string) => parseWords('templates/languages/nl.json', source, english)

  it('may leave words to English', () => {
    const words = parse('{"unsubscribe": "Afmelden"}')
    expect(words.unsubscribe).toBe('Afmelden')
    expect(words.also).toBe(english?.also)
  })

  it.each([
    ['{"unsubscribe": ', 'is not JSON'],
    ['[]', 'must be a JSON object'],
    ['{"unsubscribe": ""}', '"unsubscribe" must be a text'],
    ['{"page": []}', '"page" must be an object of words'],
    ['{"page": {"count": 5}}', '"page.count" must be a text'],
    ['{"join": "x"}', '"join" must be an object of words'],
    ['{"dir": "up"}', '"dir" must be "ltr" or "rtl"'],
    ['{"more": {"one": "x"}}', '"more" must be'],
  ])('%j is a fault that names the file', (source, why) => {
    expect(() => parse(source)).toThrow(`templates/languages/nl.json: ${why}`)
  })
})

describe('the languages that come along', () => {
  it.each(['ar', 'de', 'es', 'fr'])(
    '%s says all that English says, with the same places',
    async (name) => {
      const [own, model] = await Promise.all([sentences(name), sentences('en')])
      for (const [key, text] of model) {
        // How many forms a number has is up to each language
        if (isPlural(key)) continue
        expect(own.has(key), key).toBe(true)
        expect(placesOf(own.get(key) ?? ''), key).toEqual(placesOf(text))
      }
      const unknown = [...own.keys()].filter((key) => !isPlural(key) && !model.has(key))
      expect(unknown).toEqual([])
    },
  )

  it('calls a reader of Spanish by the same word on every page', async () => {
    const formal = /\b(usted|escríbanos|copie|pulse|péguela|ábralo|inténtelo)\b/iu
    const spanish = [...(await sentences('es'))]
    expect(spanish.filter(([, text]) => formal.test(text))).toEqual([])
  })

  it('keeps an address that stands in Arabic apart, so that its signs stay in order', async () => {
    const arabic = [...(await sentences('ar'))].filter(([, text]) => text.includes('@'))
    expect(arabic.length).toBeGreaterThan(0)
    for (const [key, text] of arabic) expect(text, key).toMatch(/\u2068[^\u2069]*@[^\u2069]*\u2069/)
  })
})

const isPlural = (key: string) => /^(more|page\.count)\./.test(key)

const placesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()

/** What stands in a file of words: `join.title` and its text. */
async function sentences(language: string): Promise<Map<string, string>> {
  const file = new URL(`../../templates/languages/${language}.json`, import.meta.url)
  const walk = (value: unknown, key: string): [string, string][] =>
    typeof value === 'string'
      ? [[key, value]]
      : Object.entries(value as object).flatMap(([name, one]) => walk(one, `${key}.${name}`))
  const words: unknown = JSON.parse(await readFile(file, 'utf8'))
  return new Map(walk(words, '').map(([key, text]) => [key.slice(1), text]))
}
