import { once } from 'node:events'
import { readdirSync, readlinkSync as readlink } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { usualPatience } from '../../src/http/guard-connections.ts'
import { startSite } from './site.ts'

/** Nobody waits for minutes in a test. */
const hasty = { ...usualPatience, headers: 300, request: 600, answer: 300 }

function open(url: string): Socket {
  return connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined)
}

it('does not wait for a head that comes in drops', async () => {
  await using site = await startSite({}, { patience: hasty })
  const socket = open(site.url)
  socket.write('GET / HTTP/1.1\r\nHost: example.org\r\n')
  const drops = setInterval(() => socket.write('X: y\r\n'), 50)
  const answer = await text(socket)
  clearInterval(drops)
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
})

it('does not wait for a body that comes in drops', async () => {
  await using site = await startSite({}, { patience: hasty })
  const { token } = await site.join('ann@example.org')
  const socket = open(site.url)
  const type = 'Content-Type: application/x-www-form-urlencoded'
  socket.write(
    `POST /unsubscribe/${token} HTTP/1.1\r\nHost: example.org\r\n${type}\r\nContent-Length: 60000\r\n\r\n`,
  )
  const drops = setInterval(() => socket.write('x'), 50)
  await text(socket).catch(() => '')
  clearInterval(drops)
  expect(await site.statusOf('ann@example.org')).toBe('active')
})

it('cuts off who takes an answer too slowly, and lets go of the file', async () => {
  const patience = { ...hasty, pace: 1_000_000 }
  await using site = await startSite({}, { patience })
  // More than all buffers on the way hold, and than what stands in memory
  await mkdir(site.out, { recursive: true })
  await writeFile(join(site.out, 'large.mp3'), Buffer.alloc(40_000_000))
  const socket = open(site.url)
  socket.write('GET /large.mp3 HTTP/1.1\r\nHost: example.org\r\n\r\n')
  await once(socket, 'readable')
  expect(openFiles('large.mp3')).toBe(1)
  // It reads no further, and the server lets go
  await expect.poll(() => openFiles('large.mp3'), { timeout: 30_000 }).toBe(0)
  socket.destroy()
  // Others are served meanwhile and after
  expect((await site.get('healthz')).status).toBe(200)
})

function openFiles(name: string): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlink(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
  return links.filter((link) => link.endsWith(`/${name}`)).length
}

it('lets one address have no more than its share of connections', async () => {
  const patience = { ...usualPatience, perAddress: 3 }
  await using site = await startSite({ 'rss.xml': '<rss/>' }, { patience })
  const sockets = Array.from({ length: 6 }, () => open(site.url))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  for (const socket of sockets) {
    socket.write('GET /rss.xml HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n')
  }
  const answers = await Promise.all(sockets.map((socket) => text(socket).catch(() => '')))
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 200')).length).toBe(3)
  // A proxy has as many as there are
  await using behind = await startSite(
    { 'rss.xml': '<rss/>' },
    { patience, trustedProxies: ['127.0.0.1'] },
  )
  const many = await Promise.all(Array.from({ length: 6 }, () => behind.raw('/rss.xml')))
  expect(many.every((answer) => answer.startsWith('HTTP/1.1 200'))).toBe(true)
})

it('ends what is under way when it is told to stop, and keeps no connection open', async () => {
  const site = await startSite({ 'rss.xml': '<rss/>' })
  const socket = open(site.url)
  socket.write('GET /rss.xml HTTP/1.1\r\nHost: example.org\r\n\r\n')
  await once(socket, 'data')
  const { token } = await site.join('ann@example.org')
  const slow = open(site.url)
  const body = 'List-Unsubscribe=One-Click'
  slow.write(
    `POST /unsubscribe/${token} HTTP/1.1\r\nHost: example.org\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
  )
  await once(slow, 'data')
  const stopping = site.stop(20_000)
  await once(socket, 'close')
  slow.write(body)
  expect(await text(slow)).toMatch(/HTTP\/1\.1 200 [\s\S]*Connection: close/i)
  await stopping
  expect(await site.statusOf('ann@example.org')).toBe('unsubscribed')
  await site[Symbol.asyncDispose]()
})
