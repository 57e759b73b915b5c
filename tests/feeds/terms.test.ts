import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { termFolder, termKey, termsOf } from '../../src/feeds/terms.ts'
import { collection } from './samples.ts'

const folderOf = (tag: string) => termFolder('tag', termKey(tag))

describe('terms', () => {
  it('that differ in case, normalisation or the gap between words are one, spelled as first published', () => {
    const { articles } = collection(
      { tags: ['OPEN_SOURCE', 'open-source'] },
      { tags: ['cafe\u0301'] },
      { tags: ['Open Source', 'Caf\u00E9'] },
    )
    expect(termsOf('tag', articles).map(({ name, articles }) => [name, articles.length])).toEqual([
      ['Caf\u00E9', 2],
      ['Open Source', 2],
    ])
  })

  it('that differ in an accent or a sign are not', () => {
    const { articles } = collection({ tags: ['resume', 'résumé', 'C', 'C++', 'C#'] })
    expect(termsOf('tag', articles)).toHaveLength(5)
  })

  it('that are blank are none', () => {
    const { articles } = collection({ tags: ['', ' \0 '], section: '' })
    expect([...termsOf('tag', articles), ...termsOf('section', articles)]).toEqual([])
  })

  it('list the articles newest first, and authors known by address only under it', () => {
    const authors = [{ name: '', email: 'ana@example.org' }]
    const { articles } = collection({ authors }, {}, { authors })
    const [term, ...others] = termsOf('author', articles)
    expect(term).toMatchObject({ key: 'ana@example.org', name: 'ana@example.org' })
    expect(term?.articles.slice()).toEqual([articles.get(0), articles.get(2)])
    expect(others).toEqual([])
  })
})

describe('folders', () => {
  it.each([
    ['NATO', 'nato'],
    ['open source', 'open-source'],
    ['España', 'españa'],
    ['Новости', 'новости'],
    ['日本語', '日本語'],
    ['Node.js', 'node.js'],
    ['C++', 'c++'],
    ['2022', '2022'],
  ])('%s has a readable one', (tag, folder) => {
    expect(folderOf(tag)).toBe(folder)
  })

  it.each([
    ['C#', /^c-[\da-f]{10}$/],
    ['..', /^tag-[\da-f]{10}$/],
    ['🎉', /^tag-[\da-f]{10}$/],
    ['../../etc/passwd', /^etc-passwd-[\da-f]{10}$/],
    ['con', /^con-[\da-f]{10}$/],
    ['COM¹.txt', /^com¹-txt-[\da-f]{10}$/],
    ['index.html', /^index-html-[\da-f]{10}$/],
    ['Straße', /^straße-[\da-f]{10}$/],
    ['c-11507a0e12', /^c-11507a0e12-[\da-f]{10}$/],
    ['é'.repeat(300), /^é{50}-[\da-f]{10}$/],
  ])('%s has a safe one with a hash', (tag, folder) => {
    expect(folderOf(tag)).toMatch(folder)
  })

  const pieces = 'aAbßsſıiİIéeE\u0301ÅKkςσΣﬁcon+#.-_ /\\:*?"<>|%~01\0\uFE0F\u200D🎉'
  const term = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }).map((p) => p.join('')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )
  /** Short, of few letters that are easily taken for one another. */
  const twin = fc
    .array(
      fc.constantFrom(
        ...['s', 'ss', 'ß', 'ſ', 'ς', 'σ', 'i', 'ı', 'İ', 'fi', 'ﬁ', 'å', 'Å', '-', '+'],
      ),
      {
        minLength: 1,
        maxLength: 2,
      },
    )
    .map((letters) => letters.join(''))
  /** As blind as the blindest file system: to case and to normalisation. */
  const folded = (name: string) =>
    name.normalize('NFD').toUpperCase().toLowerCase().normalize('NFD').toUpperCase()

  it('are safe names on every system, whatever the term', () => {
    fc.assert(
      fc.property(term, (name) => {
        const folder = folderOf(name)
        expect(folder).toMatch(/^[^\p{C}\s/\\:*?"<>|.][^\p{Cc}\p{Cs}\s/\\:*?"<>|]*$/u)
        expect(folder).not.toMatch(/[. ]$/)
        expect(folder).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i)
        expect(Buffer.byteLength(folder)).toBeLessThanOrEqual(120)
        expect(folder).toBe(folder.normalize('NFC'))
      }),
      { numRuns: 2000 },
    )
  })

  it('of two terms are never one, even where case and normalisation do not count', () => {
    fc.assert(
      fc.property(fc.oneof(twin, term), fc.oneof(twin, term), (a, b) => {
        fc.pre(termKey(a) !== termKey(b))
        expect(folded(folderOf(a))).not.toBe(folded(folderOf(b)))
      }),
      { numRuns: 5000 },
    )
  })
})
