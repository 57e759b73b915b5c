import { expect, it } from 'vitest'
import { deliveryProgress } from '../../src/commands/send-report.ts'
import { edition } from '../contracts/store.ts'
import { openEdition } from '../delivery/fixtures.ts'

const none = { submitted: 0, deferred: 0, rejected: 0, uncertain: 0, skipped: 0 }

it('counts what a sender that died still holds among what is to be sent, and no more than may be', async () => {
  await using it = await openEdition(5)
  const now = new Date()
  const terms = { now, leaseUntil: new Date(now.getTime() + 60_000), most: 3 }
  const [first] = await it.ledger.claim('one', terms)
  if (first) await it.ledger.submitting(first, now)
  const lines: string[] = []
  const progress = Object.assign((line: string) => void lines.push(line), { note: () => {} })
  const tell = await deliveryProgress(edition('one'), it, { progress }, {})
  tell({ ...none, submitted: 4, uncertain: 1 })
  expect(lines).toEqual([expect.stringMatching(/^Sending one: 4 of 5 submitted, 1 uncertain, /)])
  const tellLimited = await deliveryProgress(edition('one'), it, { progress }, { limit: 2 })
  tellLimited({ ...none, submitted: 2 })
  expect(lines[1]).toMatch(/^Sending one: 2 of 2 submitted, .*, 0 s left$/)
})
