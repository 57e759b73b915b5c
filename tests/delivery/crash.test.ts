import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type OpenDatabase, readers } from '../contracts/store.ts'
import { startRelay } from '../mail/relay.ts'
import { stores } from '../store/stores.ts'
import { openEdition } from './fixtures.ts'
import { forkScript } from './fork-script.ts'

const everybody = readers(25).map(({ address }) => address)
const connections = 3

async function prepare(open: OpenDatabase) {
  const edition = await openEdition(25, open)
  let whenTaken: () => unknown = () => {}
  const relay = await startRelay({
    replies: {
      dot() {
        whenTaken()
        return '250 2.0.0 queued'
      },
    },
  })

  /**
   * @param point where the sender is killed: it does so itself, but at `taken` the relay has just taken a message
   * @returns how it ended: 'SIGKILL', or 0 when it came to its end
   */
  async function run(point = '', times = 1): Promise<string | number> {
    const args = [edition.database.location, relay.url, point, String(times)]
    const child = forkScript('crash-child.ts', args)
    let left = times
    if (point === 'taken') whenTaken = () => --left === 0 && child.kill('SIGKILL')
    const [code, signal] = await once(child, 'exit')
    return signal ?? code
  }

  /** Starts a sender that stops at a point, as if its machine were put to sleep; resolves when it has. */
  async function freeze(point: string, times: number) {
    const args = [edition.database.location, relay.url, point, String(times), 'SIGSTOP']
    const child = forkScript('crash-child.ts', args)
    const end = once(child, 'exit')
    const isStopped = () => /^State:\s+T/m.test(readFileSync(`/proc/${child.pid}/status`, 'utf8'))
    await expect.poll(isStopped, { timeout: 20_000 }).toBe(true)
    return {
      async wake(): Promise<number> {
        child.kill('SIGCONT')
        return (await end)[0]
      },
    }
  }

  async function withState(state: 'submitted' | 'uncertain'): Promise<string[]> {
    return (await edition.ledger.deliveries('one', [state])).map(({ address }) => address)
  }

  return {
    run,
    freeze,
    withState,
    accepted: () => relay.messages.flatMap(({ to }) => to),
    ledger: edition.ledger,
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]()
      await edition[Symbol.asyncDispose]()
    },
  }
}

type Prepared = Awaited<ReturnType<typeof prepare>>

/** The promise: nobody twice, nobody forgotten, at most one uncertain per connection of a sender that was killed. */
async function expectPromiseKept({ accepted, withState, ledger }: Prepared, kills: number) {
  const [mailed, submitted, uncertain] = [
    accepted(),
    await withState('submitted'),
    await withState('uncertain'),
  ]
  expect(new Set(mailed).size, 'nobody is mailed twice').toBe(mailed.length)
  expect([...submitted, ...uncertain].toSorted(), 'nobody is forgotten').toEqual(everybody)
  expect(
    submitted.filter((address) => !mailed.includes(address)),
    'nobody is only said to be mailed',
  ).toEqual([])
  expect(uncertain.length).toBeLessThanOrEqual(kills * connections)
  expect(await ledger.unfinished()).toEqual([])
}

describe.each(stores)('a sender on $name that is killed', ({ open, isThere }) => {
  const it = test.skipIf(!isThere)

  it.each([
    ['after it has claimed', 'claimed', 1],
    ['before the first byte of the first message', 'submitting', 1],
    ['before the first byte of a later message', 'submitting', 9],
    ['when the relay has taken a message and not said so', 'taken', 8],
    ['when the relay has said so and that is not recorded', 'replied', 8],
    ['right after it has recorded an outcome', 'recorded', 8],
    ['after the last outcome', 'recorded', 25],
  ])('%s keeps the promise', async (_, point, times) => {
    await using prepared = await prepare(open)
    expect(await prepared.run(point, times)).toBe('SIGKILL')
    expect(await prepared.run()).toBe(0)
    await expectPromiseKept(prepared, 1)
  })

  it('over and over, at one point after the other, still keeps the promise', async () => {
    await using prepared = await prepare(open)
    const points = ['claimed', 'submitting', 'taken', 'replied', 'recorded'] as const
    let kills = 0
    for (const point of points) {
      if ((await prepared.run(point, point === 'claimed' ? 1 : 3)) === 'SIGKILL') kills += 1
    }
    expect(await prepared.run()).toBe(0)
    expect(kills).toBe(5)
    await expectPromiseKept(prepared, kills)
  })

  it('while others go on leaves them its share', async () => {
    await using prepared = await prepare(open)
    const ends = await Promise.all([prepared.run('taken', 3), prepared.run(), prepared.run()])
    await expectPromiseKept(prepared, ends.filter((end) => end === 'SIGKILL').length)
  })

  it('mails the uncertain ones again only when the publisher says so', async () => {
    await using prepared = await prepare(open)
    await prepared.run('replied', 8)
    await prepared.run()
    const uncertain = await prepared.withState('uncertain')
    expect(uncertain.length).toBeGreaterThan(0)
    await prepared.run()
    expect(await prepared.withState('uncertain')).toEqual(uncertain)
    await prepared.ledger.resolve('one', 'resend', new Date())
    expect(await prepared.run()).toBe(0)
    expect((await prepared.withState('submitted')).length).toBe(25)
  })
})

describe.each(stores)('a sender on $name that is frozen past its lease', ({ open, isThere }) => {
  // Only Linux tells whether a process stands still.
  const it = test.skipIf(!isThere || !existsSync('/proc/self/status'))

  it.each([
    ['with claims in hand', 'claimed', 1],
    ['when it has committed that it will send', 'submitting', 5],
    ['with a reply that it has not recorded', 'replied', 5],
  ])('%s does no harm when it wakes', async (_, point, times) => {
    await using prepared = await prepare(open)
    const sleeper = await prepared.freeze(point, times)
    expect(await prepared.run()).toBe(0)
    expect(await prepared.ledger.unfinished()).toEqual([])
    expect(await sleeper.wake()).toBe(0)
    await expectPromiseKept(prepared, 1)
  })
})
