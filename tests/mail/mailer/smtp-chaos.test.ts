import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { smtpMailer } from '../../../src/mail/mailer/smtp.ts'
import type { Mailer, Message } from '../../../src/mail/mailer.ts'
import type { Outcome, Refusal } from '../../../src/model/delivery.ts'
import { Fault } from '../../../src/model/fault.ts'
import { messageTo } from '../../contracts/mailer.ts'
import { startRelay } from '../relay.ts'

/** An empty reply hangs up. */
const bad = [
  '',
  '421 4.3.2 closing',
  '451 later',
  '550 5.1.1 nobody',
  '554 5.7.1 policy',
  'nonsense',
  '250-x\r\n',
]
const mostly = (good: string) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
  )

const moods = fc.record({
  greeting: fc.array(mostly('220 hi'), { minLength: 1 }),
  mail: fc.array(mostly('250 ok'), { minLength: 1 }),
  rcpt: fc.array(mostly('250 ok'), { minLength: 1 }),
  data: fc.array(mostly('354 go on'), { minLength: 1 }),
  dot: fc.array(mostly('250 queued'), { minLength: 1 }),
})

describe('whatever a relay does', () => {
  it('nobody is mailed twice, and every outcome says what really happened', async () => {
    await fc.assert(
      fc.asyncProperty(
        moods,
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (mood, pipelining, connections, ahead) => {
          const replies = Object.fromEntries(
            Object.entries(mood).map(([stage, list]) => [stage, inTurn(list)]),
          )
          const extensions = pipelining ? ['PIPELINING'] : []
          await using relay = await startRelay({ replies, extensions })
          const mailer = smtpMailer({ url: relay.url, connections, messagesPerConnection: 3 })
          const readers = Array.from({ length: 8 }, (_, index) => `reader${index}@example.net`)
          const messages = readers.map((to) => messageTo(to))
          const results = ahead
            ? await inLanes(mailer, messages, connections)
            : await Promise.allSettled(messages.map((message) => mailer.submit(message)))
          await mailer.close()

          for (const [index, result] of results.entries()) {
            const accepted = relay.messages.filter(({ to }) =>
              to.includes(readers[index] ?? ''),
            ).length
            if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Fault)
            const fate = result.status === 'fulfilled' ? result.value.kind : 'none'
            if (fate === 'uncertain') expect(accepted).toBeLessThanOrEqual(1)
            else expect([fate, accepted]).toEqual([fate, fate === 'submitted' ? 1 : 0])
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})

/** Each lane names its next message, as a courier does. */
async function inLanes(mailer: Mailer, messages: readonly Message[], lanes: number) {
  const results: PromiseSettledResult<Outcome | Refusal>[] = []
  const lane = async (start: number) => {
    for (let at = start; at < messages.length; at += lanes) {
      const message = messages[at]
      const terms = { leave: Promise.resolve(), next: () => messages[at + lanes] }
      if (message) [results[at]] = await Promise.allSettled([mailer.submit(message, terms)])
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, start) => lane(start)))
  return results
}

function inTurn(replies: readonly string[]): () => string {
  let next = 0
  return () => replies[next++ % replies.length] ?? ''
}
