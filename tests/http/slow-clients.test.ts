import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { usualPatience } from '../../src/http/guard-connections.ts'
import { startSite } from './site.ts'
import { head, tell } from './tell.ts'

const patience = {
  ...usualPatience,
  ...{ headers: 400, request: 800, idle: 400, answer: 400, pace: 1e9, perAddress: 3 },
}

async function startHurried() {
  const site = await startSite({ 'rss.xml': '<rss/>' }, { patience })
  const large = await open(join(site.out, 'large.bin'), 'w')
  await large.truncate(64 * 1024 * 1024)
  await large.close()
  const dial = () =>
    connect(Number(new URL(site.origin).port), '127.0.0.1').on('error', () => undefined)
  return { ...site, dial, [Symbol.asyncDispose]: () => site[Symbol.asyncDispose]() }
}

/** Sends a little again and again, for ever. @returns when the other side has had enough */
async function drip(socket: Socket, first: string, drop: string): Promise<void> {
  const timer = setInterval(() => socket.write(drop), 50)
  socket.write(first)
  socket.resume()
  await once(socket, 'close')
  clearInterval(timer)
}

const post = (length: string) => {
  const fields = ['Content-Type: application/x-www-form-urlencoded', length]
  return `${head('POST', '/unsubscribe/nobody', fields)}\r\n`
}

describe('a client that keeps a place from others', () => {
  it.each([
    ['says nothing', '', ''],
    ['never ends its head', 'GET / HTTP/1.1\r\nHost: a.example\r\n', 'X-A: b\r\n'],
    ['sends its body by the octet', post('Content-Length: 60000'), 'x'],
    ['sends its body in chunks of one octet', post('Transfer-Encoding: chunked'), '1\r\nx\r\n'],
    ['asks nothing more', 'GET /rss.xml HTTP/1.1\r\nHost: a.example\r\n\r\n', ''],
  ])('loses it when it %s, and others are served meanwhile', async (_, first, drop) => {
    await using site = await startHurried()
    const dripping = drip(site.dial(), first, drop)
    expect((await site.get('rss.xml')).status).toBe(200)
    await dripping
  })

  it.each([
    ['nothing of its answer', 60_000],
    ['its answer by the octet', 20],
  ])('loses it when it reads %s', async (_, pause) => {
    await using site = await startHurried()
    const socket = site.dial()
    socket.write(`${head('GET', '/large.bin')}\r\n`)
    let heard = 0
    let isSlow = true
    socket.on('data', (part) => {
      heard += part.length
      if (!isSlow) return
      socket.pause()
      setTimeout(() => socket.resume(), pause).unref()
    })
    const closed = once(socket, 'close')
    await once(socket, 'data')
    expect((await site.get('rss.xml')).status).toBe(200)
    // Long enough for the timers of the server, which are in this process
    await wait(patience.answer * 5)
    isSlow = false
    socket.resume()
    await closed
    expect(heard).toBeLessThan(64 * 1024 * 1024)
  })

  it('loses it when it asks and asks and hears nothing, and is answered when it asks a few at once', async () => {
    await using site = await startHurried()
    const ask = 'GET /rss.xml HTTP/1.1\r\nHost: a.example\r\n\r\n'
    const few = await tell(site.origin, `${ask.repeat(9)}${head('GET', '/rss.xml')}\r\n`)
    expect(few.match(/HTTP\/1\.1 200 /g)).toHaveLength(10)
    const before = site.log.length
    for (const end of [ask, ask.replace('rss.xml', 'unsubscribe/nobody')]) {
      const many = await tell(site.origin, end.repeat(3000))
      expect(many.match(/HTTP\/1\.1 200 /g)?.length ?? 0).toBeLessThan(100)
    }
    expect(site.log.length - before).toBeLessThan(200)
    expect((await site.get('rss.xml')).status).toBe(200)
  })

  it('gets no more of them than its share, and a new one for each that it gives back', async () => {
    await using site = await startHurried()
    const sockets = Array.from({ length: patience.perAddress }, () => site.dial())
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    const one = site.dial()
    await once(one.resume(), 'close')
    for (const socket of sockets) socket.destroy()
    await expect.poll(() => site.get('rss.xml').then(({ status }) => status, String)).toBe(200)
  })
})
