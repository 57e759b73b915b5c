import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { fatesOf, seeded, startMoodyRelay } from '../mail/moody-relay.ts'
import { stores } from '../store/stores.ts'
import { openEdition } from './fixtures.ts'
import { forkScript } from './fork-script.ts'

const recipients = 1000
const connections = 4
const senders = 2
const later = 2 * 3_600_000

const everybody = Array.from(
  { length: recipients },
  (_, index) => `r${index}@example${index % 40}.org`,
)

describe.each(stores)('an edition on $name', ({ open, isThere }) => {
  test.skipIf(!isThere)(
    'reaches everybody once, through a relay that fails one in ten at every stage, by senders that are killed at any instant',
    { timeout: 600_000 },
    async ({ annotate }) => {
      const seed = Date.now() % 2 ** 32
      await annotate(`seed ${seed}`)
      const random = seeded(seed)
      await using edition = await openEdition(everybody, open)
      const running = new Set<ChildProcess>()
      let [kills, isDoomed] = [0, false]

      function kill(): void {
        isDoomed = false
        const all = [...running]
        const some = random() < 0.5 ? all : all.slice(0, 1)
        for (const child of some) child.kill('SIGKILL')
      }

      await using relay = await startMoodyRelay(random, {
        whenTaken() {
          if (!isDoomed) setTimeout(kill, random() * 2000)
          isDoomed = true
        },
      })

      /** @returns how it ended: a signal, or the exit status */
      async function send(ahead: number): Promise<string | number> {
        const args = [edition.database.location, relay.url, String(ahead)]
        const child = forkScript('chaos-child.ts', args)
        running.add(child)
        const [code, signal] = await once(child, 'exit')
        running.delete(child)
        if (signal === 'SIGKILL') kills += 1
        return signal ?? code
      }

      // Until nothing is left to be sent; each time later, so that what was deferred is due.
      for (let round = 0; (await edition.ledger.unfinished()).length > 0; round += 1) {
        expect(round, 'rounds').toBeLessThan(100)
        const ends = await Promise.all(Array.from({ length: senders }, () => send(round * later)))
        for (const end of ends) expect(['SIGKILL', 0, 4]).toContain(end)
      }

      const deliveries = await edition.ledger.deliveries('one')
      const { uncertain, ...broken } = fatesOf(relay, deliveries)
      expect(broken).toEqual({ twice: [], missed: [], lied: [] })
      expect(deliveries.length).toBe(recipients)
      expect(relay.moods).toBeGreaterThan(recipients / 10)
      expect(kills).toBeGreaterThan(3)
      // Unknown is the fate of those whom the relay left without an answer, and at a kill of one for each connection.
      const held = new Set(uncertain)
      expect([...relay.unanswered].filter((address) => !held.has(address))).toEqual([])
      const byKills = uncertain.filter((address) => !relay.unanswered.has(address))
      expect(byKills.length).toBeLessThanOrEqual(kills * connections)
    },
  )
})
