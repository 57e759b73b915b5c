import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Askers, shareOut, variantFor } from '../../src/edition/share-out.ts'
import { article } from './samples.ts'

const topics = ['arts', 'politics', 'tech'].map((id) => ({
  id,
  name: id,
  tags: [id, `${id} news`],
  default: false,
}))
const arts = article('arts', { tags: ['Arts'] })
const vote = article('vote', { tags: ['Politics_News', 'tech'] })
const chips = article('chips', { tags: ['tech'] })
const hello = article('hello', { tags: ['elsewhere'] })

const en = { language: 'en' }
const inEnglish = (...asked: (readonly string[] | undefined)[]): Askers[] =>
  asked.map((chosen) => ({ ...en, ...(chosen && { topics: chosen }), count: 1 }))
const terms = { language: 'en', most: 100 }

describe('sharing out an edition', () => {
  it('gives each reader the articles of their topics, and those of none to everybody', () => {
    const articles = [arts, vote, chips, hello]
    const asked = inEnglish(undefined, ['arts'], ['tech'], [])
    const { shares, readers, ...rest } = shareOut(articles, topics, asked, terms)
    expect(shares.map((share) => share.articles)).toEqual([
      articles,
      [hello],
      [arts, hello],
      [vote, chips, hello],
    ])
    expect(readers).toBe(4)
    expect(rest).toEqual({ overserved: 0, unknown: [] })
  })

  it('renders choices that come to the same articles once', () => {
    const asked = inEnglish(['politics'], ['politics', 'arts'], ['arts', 'tech'], ['arts'])
    const { shares } = shareOut([arts, chips], topics, asked, terms)
    expect(shares.map(({ articles, topics, readers }) => [articles, topics, readers])).toEqual([
      [[arts, chips], ['arts', 'politics', 'tech'], 1],
      [[arts], ['arts', 'politics'], 2],
    ])
  })

  it('has nothing for those who chose none of its topics, and says for whom it is', () => {
    const { shares, readers, onlyFor } = shareOut([vote], topics, inEnglish(['arts'], []), terms)
    expect(shares).toHaveLength(1)
    expect(readers).toBe(0)
    expect(onlyFor).toEqual(['politics', 'tech'])
  })

  it('names topics that were chosen and that there are no more, and takes them for none', () => {
    const asked = inEnglish(['sports', 'arts'])
    const { shares, unknown } = shareOut([arts, vote], topics, asked, terms)
    expect(unknown).toEqual(['sports'])
    expect(shares[1]?.articles).toEqual([arts])
    expect(variantFor(shares, { topics: ['sports', 'arts'] })).toBe(shares[1])
  })

  it('gives everybody everything where there are no topics', () => {
    const { shares, unknown } = shareOut([arts, vote], [], inEnglish(['arts'], undefined), terms)
    expect(shares).toEqual([{ ...en, articles: [arts, vote], readers: 2 }])
    expect(unknown).toEqual([])
    expect(variantFor(shares, { topics: ['arts'] })).toBe(shares[0])
  })

  it('makes no more shares than it may: the rarest choices get the least that has theirs in it', () => {
    const asked = [
      ...inEnglish(['arts']),
      { ...en, topics: ['arts', 'tech'], count: 5 },
      { language: 'es', topics: ['arts'], count: 9 },
    ]
    const { shares, overserved } = shareOut([arts, chips, vote], topics, asked, {
      ...terms,
      most: 4,
    })
    expect(shares.map(({ language, readers }) => [language, readers])).toEqual([
      ['en', 5],
      ['es', 0],
      ['es', 9],
      ['en', 1],
    ])
    expect(overserved).toBe(0)
    const fewer = shareOut([arts, chips, vote], topics, asked, { ...terms, most: 3 })
    expect(fewer.overserved).toBe(1)
    expect(variantFor(fewer.shares, { language: 'en-GB', topics: ['arts'] })).toBe(fewer.shares[0])
  })

  it('picks for any reader the share that was counted for them', () => {
    const ids = topics.map(({ id }) => id)
    const anyArticles = fc
      .array(fc.subarray([...ids, 'other']), { minLength: 1, maxLength: 6 })
      .map((all) => all.map((tags, index) => article(`a${index}`, { tags })))
    const anyAskers = fc.array(
      fc.record({
        language: fc.constantFrom('en', 'es'),
        topics: fc.option(fc.subarray(ids), { nil: undefined }),
        count: fc.constant(1),
      }),
    )
    fc.assert(
      fc.property(anyArticles, anyAskers, (articles, asked) => {
        const askers = asked.map(({ topics: chosen, ...one }) => ({
          ...one,
          ...(chosen && { topics: chosen }),
        }))
        const { shares, onlyFor, readers } = shareOut(articles, topics, askers, terms)
        let served = 0
        for (const { language, topics: chosen } of askers) {
          const wanted = articles.filter(({ tags }) => {
            const own = tags.filter((tag) => tag !== 'other')
            return !chosen || own.length === 0 || own.some((tag) => chosen.includes(tag))
          })
          const isReached = !onlyFor || !chosen || chosen.some((topic) => onlyFor.includes(topic))
          expect(isReached).toBe(wanted.length > 0)
          if (!isReached) continue
          served += 1
          const variant = variantFor(shares, { language, ...(chosen && { topics: chosen }) })
          expect(variant?.articles).toEqual(wanted)
          expect(variant?.language).toBe(language)
        }
        expect(readers).toBe(served)
        expect(
          new Set(shares.map((one) => JSON.stringify([one.language, one.articles]))).size,
        ).toBe(shares.length)
      }),
    )
  })
})
