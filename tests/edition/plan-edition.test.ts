import fc from 'fast-check'
import { expect, it } from 'vitest'
import { planEdition } from '../../src/edition/plan-edition.ts'
import type { Article } from '../../src/model/article.ts'
import { listOf } from '../../src/model/article-list.ts'
import type { Collection } from '../../src/model/collection.ts'
import { article } from './samples.ts'

const now = new Date('2026-11-23T06:00:00Z')
const day = (text: string) => new Date(`${text}T08:00:00Z`)

function collection(...articles: Article[]): Collection {
  return { articles: listOf(articles), held: [] }
}

const slugs = (articles: readonly Article[]) => articles.map(({ slug }) => slug)

it('sends the newest articles of an old blog on the first run and passes the rest over', () => {
  const blog = collection(
    article('old', { publishedAt: day('2016-01-01') }),
    article('newest', { publishedAt: day('2026-11-22') }),
    article('newer', { publishedAt: day('2026-11-21') }),
  )
  const plan = planEdition(blog, { sent: new Set(), first: true, now, most: 2 })
  expect(slugs(plan.articles)).toEqual(['newest', 'newer'])
  expect(plan.passedOver).toEqual([article('old').id])
})

it('does not send on the second run what the first passed over', () => {
  const old = article('old', { publishedAt: day('2016-01-01') })
  const sent = new Set([old.id])
  expect(planEdition(collection(old), { sent, first: false, now, most: 2 }).articles).toEqual([])
})

it('sends an article that appears late with an older date', () => {
  const late = article('late', { publishedAt: day('2020-01-01') })
  const known = article('known', { publishedAt: day('2026-11-20') })
  const plan = planEdition(collection(known, late), {
    sent: new Set([known.id]),
    first: false,
    now,
    most: 12,
  })
  expect(slugs(plan.articles)).toEqual(['late'])
})

it('leaves out what is a draft, to come, expired, or not meant for the newsletter', () => {
  const articles = collection(
    article('draft', { draft: true }),
    article('future', { publishedAt: day('2026-11-24') }),
    article('expired', { expiresAt: now }),
    article('feeds-only', { inNewsletter: false }),
    article('fit', { expiresAt: day('2026-12-01') }),
  )
  const plan = planEdition(articles, { sent: new Set(), first: true, now, most: 12 })
  expect(slugs(plan.articles)).toEqual(['fit'])
  expect(plan.passedOver).toEqual([])
})

it('sends every article once, however many are new at a time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(9), { maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      (batches, most) => {
        const published: Article[] = []
        const seen: string[] = []
        const sent = new Set<string>()
        const rounds = [...batches, ...Array.from({ length: 120 }, () => 0)]
        for (const [round, count] of rounds.entries()) {
          for (let i = 0; i < count; i++) {
            published.push(article(`${round}-${i}`, { publishedAt: new Date(i * 1000) }))
          }
          const plan = planEdition(collection(...published), {
            sent,
            first: false,
            now,
            most,
          })
          for (const { id } of plan.articles) {
            seen.push(id)
            sent.add(id)
          }
        }
        expect(seen.toSorted()).toEqual(published.map(({ id }) => id).toSorted())
      },
    ),
  )
})
