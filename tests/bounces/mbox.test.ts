import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitMbox } from '../../src/bounces/mbox.ts'
import { all } from '../contracts/store.ts'

async function* inParts(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function split(text: string, { size = 7, most = 10_000 } = {}) {
  const pieces = await all(splitMbox(inParts(Buffer.from(text, 'latin1'), size), most))
  return pieces.map(({ bytes, line }) => ({ text: Buffer.from(bytes).toString('latin1'), line }))
}

const from = 'From ann@example.org Sun Nov  1 09:00:00 2026\n'

describe('an mbox', () => {
  it('is split at its From_ lines, and only one > is taken from quoted ones', async () => {
    const text = `${from}A: b\n\n>From here\n>>From there\n> From\n\n${from}C: d\n\nFrom now on\n`
    expect(await split(text)).toEqual([
      { text: 'A: b\n\nFrom here\n>From there\n> From\n\n', line: 2 },
      { text: 'C: d\n\nFrom now on\n', line: 9 },
    ])
  })

  it('with line ends of Windows is split, too', async () => {
    const dos = `${from}A: b\n\nx\n\n${from}C: d\n`.replaceAll('\n', '\r\n')
    expect((await split(dos)).map(({ text }) => text)).toEqual([
      'A: b\r\n\r\nx\r\n\r\n',
      'C: d\r\n',
    ])
  })

  it('is none where it does not begin like one', async () => {
    const text = `A: b\n\n>From x\n\n${from}C: d\n`
    expect(await split(text)).toEqual([{ text, line: 1 }])
    expect(await split('')).toEqual([])
    expect(await split('From all of us\nA: b\n')).toHaveLength(1)
  })

  it('of messages too long is cut message by message', async () => {
    const long = `${'x'.repeat(50)}\n`.repeat(100)
    const [one, two] = await split(`${from}A: b\n\n${long}\n${from}C: d\n`, { most: 300 })
    expect(one?.text.length).toBeLessThan(400)
    expect(two?.text).toBe('C: d\n')
    expect(await split(`A: ${'y'.repeat(5000)}`, { most: 300 })).toHaveLength(1)
  })

  it('loses no byte of a single message, whatever the parts it comes in', async () => {
    const bytes = fc.string({ unit: 'binary-ascii', maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 40 }), async (text, size) => {
        const whole = `A: b\n\n${text}`
        expect((await split(whole, { size })).map((piece) => piece.text).join('')).toBe(whole)
      }),
    )
  })
})
