import type { DeliveryState } from '../../model/delivery.ts'
import { deliveryStates } from '../../model/delivery.ts'
import type { DeliveryCounts, Ledger } from '../ledger.ts'
import type { Access } from './access.ts'
import { byState, claims } from './claims.ts'
import { editions } from './editions.ts'
import { inquiries } from './inquiries.ts'
import { toDelivery, toOptionalDate } from './rows.ts'

export function sqliteLedger(access: Access): Ledger {
  const { db, read, write } = access
  const count = db.prepare(`
    SELECT state, count(*) AS n FROM deliveries
    WHERE edition = (SELECT number FROM editions WHERE id = ?)
    GROUP BY state`)
  const deliveries = db.prepare(`
    SELECT s.id, s.address, d.subscriber AS number, d.state, d.attempts, d.reply, d.due_at, d.changed_at
    FROM deliveries d ${byState} LEFT JOIN subscribers s ON s.number = d.subscriber
    WHERE d.edition = (SELECT number FROM editions WHERE id = ?)
      AND d.state IN (SELECT value FROM json_each(?))
    ORDER BY s.key IS NULL, s.key, d.subscriber`)
  const nextDue = db.prepare(`
    SELECT min(due_at) AS at FROM deliveries ${byState}
    WHERE edition = (SELECT number FROM editions WHERE id = ?) AND state = 'deferred'`)
  const heldUntil = db.prepare(`
    SELECT min(lease_until) AS at FROM deliveries ${byState}
    WHERE edition = (SELECT number FROM editions WHERE id = ?) AND state IN ('claimed', 'submitting')`)
  const held = claims(db)
  const books = editions(db)

  return {
    open: (edition, plan) => write(() => books.open(edition, plan)),
    files: (edition) => read(() => books.files(edition)),
    contents: () => read(() => books.contents()),
    uncertain: () => read(() => books.uncertain()),
    variants: (edition) => read(() => books.variants(edition)),
    useLetterhead: (edition, content, now) =>
      write(() => books.useLetterhead(edition, content, now)),
    letterheads: (edition) => read(() => books.letterheads(edition)),
    sentArticles: () => read(() => books.sentArticles()),
    editions: () => read(() => books.all()),
    editionIds: () => read(() => books.ids()),
    edition: (id) => read(() => books.find(id)),
    unfinished: () => read(() => books.unfinished()),
    counts: (edition) =>
      read(() => {
        const counts = Object.fromEntries(deliveryStates.map((state) => [state, 0]))
        for (const { state, n } of count.all(edition)) counts[String(state)] = Number(n)
        return counts as DeliveryCounts
      }),
    deliveries: (edition, states: readonly DeliveryState[] = deliveryStates) =>
      read(() =>
        deliveries.all(edition, JSON.stringify(states)).map((row) => toDelivery(row, edition)),
      ),
    ...inquiries(access),
    claim: (edition, terms) => write(() => held.claim(edition, terms)),
    renew: (list, leaseUntil) => write(() => held.renew(list, leaseUntil)),
    submitting: (claim, now) => write(() => held.submitting(claim, now)),
    record: (claim, outcome, terms) => write(() => held.record(claim, outcome, terms)),
    release: (list, now) => write(() => held.release(list, now)),
    park: (list, now) => write(() => held.park(list, now)),
    parkedUnder: (edition) => read(() => held.parkedUnder(edition)),
    parked: (edition) => read(() => held.parked(edition)),
    expire: (edition, now) => write(() => held.expire(edition, now)),
    resolve: (edition, decision, now, addresses) =>
      write(() => held.resolve(edition, decision, now, addresses)),
    cancel: (edition, now) => write(() => held.cancel(edition, now)),
    takeBack: (edition, now) => write(() => books.takeBack(edition, now)),
    nextDue: (edition) => read(() => toOptionalDate(nextDue.get(edition)?.at)),
    heldUntil: (edition) => read(() => toOptionalDate(heldUntil.get(edition)?.at)),
  }
}
