import { deliveryStates } from '../../model/delivery.ts'
import type { DeliveryCounts, Ledger } from '../ledger.ts'
import type { Access, Statement } from './access.ts'
import {
  cancel,
  claim,
  expire,
  park,
  parkedCounts,
  parkedUnder,
  release,
  renewal,
  resolve,
} from './claims.ts'
import {
  allEditions,
  contentsOfAll,
  editionIds,
  filesOf,
  findEdition,
  letterheadsOf,
  openEdition,
  sentArticles,
  takeBack,
  uncertainEditions,
  unfinishedEditions,
  useLetterhead,
  variantsOf,
} from './editions.ts'
import { inquiries } from './inquiries.ts'
import { asText, type Row, toDelivery, toOptionalDate } from './rows.ts'
import { steps } from './steps.ts'

const ofEdition = 'edition = (SELECT number FROM tidings.editions WHERE id = $1)'

const count = `
  SELECT state, count(*) AS n FROM tidings.deliveries WHERE ${ofEdition} GROUP BY state`

const deliveries = `
  SELECT s.id, s.address, d.subscriber, d.state, d.attempts, d.reply, d.due_at, d.changed_at
  FROM tidings.deliveries d LEFT JOIN tidings.subscribers s ON s.number = d.subscriber
  WHERE d.${ofEdition} AND d.state = ANY ($2::tidings.delivery_state[])
  ORDER BY s.key NULLS LAST, d.subscriber`

const nextDue = `SELECT min(due_at) AS at FROM tidings.deliveries WHERE ${ofEdition} AND due_at IS NOT NULL`

const heldUntil = `
  SELECT min(lease_until) AS at FROM tidings.deliveries WHERE ${ofEdition} AND lease_until IS NOT NULL`

/** @param lanes statements of the sending loop on their way at once */
export function postgresLedger(access: Access, lanes: number): Ledger {
  const { read, write, once } = access
  const { submitting, record } = steps(once, lanes)
  const walk = new Map<string, number>()
  const ask = (statement: Statement) => read((query) => query(statement))

  async function dateOf(text: string, edition: string): Promise<Date | undefined> {
    const { rows } = await ask({ text, values: [asText(edition)] })
    return toOptionalDate(rows[0]?.at)
  }

  return {
    open: (edition, plan) => write((query) => openEdition(query, edition, plan)),
    files: (edition) => read((query) => filesOf(query, edition)),
    contents: () => read(contentsOfAll),
    uncertain: () => read(uncertainEditions),
    variants: (edition) => read((query) => variantsOf(query, edition)),
    useLetterhead: (edition, content, now) =>
      write((query) => useLetterhead(query, edition, content, now)),
    letterheads: (edition) => read((query) => letterheadsOf(query, edition)),
    sentArticles: () => read(sentArticles),
    editions: () => read(allEditions),
    editionIds: () => read(editionIds),
    edition: (id) => read((query) => findEdition(query, id)),
    unfinished: () => read(unfinishedEditions),
    counts: async (edition) =>
      toCounts((await ask({ text: count, values: [asText(edition)] })).rows),
    async deliveries(edition, states = deliveryStates) {
      const { rows } = await ask({ text: deliveries, values: [asText(edition), states] })
      return rows.map((row) => toDelivery(row, edition))
    },
    ...inquiries(access),
    claim: (edition, terms) => write((query) => claim(query, edition, terms, walk)),
    renew: async (claims, leaseUntil) => (await once(() => renewal(claims, leaseUntil))).count,
    submitting,
    record,
    release: async (claims, now) => {
      await once(() => release(claims, now))
    },
    park: async (list, now) => {
      await once(() => park(list, now))
    },
    async parkedUnder(edition) {
      const { rows } = await once(() => ({ text: parkedUnder, values: [asText(edition)] }))
      return rows.map(({ under }) => String(under))
    },
    async parked(edition) {
      const { rows } = await ask({ text: parkedCounts, values: [asText(edition)] })
      return rows.map(({ under, n }) => ({ under: String(under), count: Number(n) }))
    },
    expire: (edition, now) => write((query) => expire(query, edition, now)),
    resolve: (edition, decision, now, addresses) =>
      write((query) => resolve(query, edition, decision, now, addresses)),
    cancel: (edition, now) => write((query) => cancel(query, edition, now)),
    takeBack: (edition, now) => write((query) => takeBack(query, edition, now)),
    nextDue: (edition) => dateOf(nextDue, edition),
    heldUntil: (edition) => dateOf(heldUntil, edition),
  }
}

function toCounts(rows: readonly Row[]): DeliveryCounts {
  const counts = Object.fromEntries(deliveryStates.map((state) => [state, 0]))
  for (const { state, n } of rows) counts[String(state)] = Number(n)
  return counts as DeliveryCounts
}
