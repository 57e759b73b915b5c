import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createPool } from '../../../src/mail/mailer/pool.ts'

it('makes do with the sessions that it gets, and tries one more after a while', async () => {
  let opened = 0
  let isFull = false
  const pool = createPool<number>({
    most: 3,
    async open() {
      if (isFull) throw new Error('421 too many of you')
      opened += 1
      return opened
    },
    isUsable: () => true,
    isHeld: () => false,
    async end() {},
    isCrowded: () => true,
    roomAgainAfter: 50,
  })
  const borrow = () => {
    const work = Promise.withResolvers<void>()
    const borrowed = Promise.withResolvers<number>()
    const done = pool.use((session) => {
      borrowed.resolve(session)
      return work.promise
    })
    const giveBack = () => {
      work.resolve()
      return done
    }
    return { session: borrowed.promise, giveBack }
  }
  const [first, second] = [borrow(), borrow()]
  expect(await Promise.all([first.session, second.session])).toEqual([1, 2])
  isFull = true
  const third = borrow()
  await pause(0)
  await first.giveBack()
  expect(await third.session).toBe(1)
  isFull = false
  await pause(60)
  const fourth = borrow()
  expect(await fourth.session).toBe(3)
  await Promise.all([second, third, fourth].map(({ giveBack }) => giveBack()))
  await pool.close()
})

it('gives the place of a session that was kept for nothing to whoever waits', async () => {
  let opened = 0
  const ended: number[] = []
  const pool = createPool<number>({
    most: 1,
    open: async () => ++opened,
    isUsable: () => true,
    isHeld: (session) => session === 1,
    async end(session) {
      ended.push(session)
    },
    isCrowded: () => false,
  })
  expect(await pool.use(async (session) => session)).toBe(1)
  const waits = pool.use(async (session) => session)
  pool.letGo(1)
  expect(await waits).toBe(2)
  pool.letGo(1)
  expect(ended).toEqual([1])
  await pool.close()
})
