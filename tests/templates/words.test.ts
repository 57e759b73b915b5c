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
    ['{"dir": "up"}', '"dir" must be "ltr" or "rtl"'],
    ['{"more": {"one": "x"}}', '"more" must be'],
  ])('%j is a fault that names the file', (source, why) => {
    expect(() => parse(source)).toThrow(`templates/languages/nl.json: ${why}`)
  })
})
