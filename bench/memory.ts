import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printTable } from './measure.ts'
import { ours, toSink } from './send.ts'

/**
 * What a sender holds in memory at its peak, for lists and runs of several lengths: it is to be the same for all.
 *
 * @param args [SUBSCRIBERS, default 1000000] [MESSAGES, 30000]
 */
export async function run([subscribers = '1000000', messages = '30000']: readonly string[]) {
  const [list, count] = [Number(subscribers), Number(messages)]
  const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-'))
  const rows: string[][] = []
  try {
    for (const [length, most] of [
      [count, Math.ceil(count / 10)],
      [count, count],
      [list, count],
    ] as const) {
      const sent = await toSink((port) =>
        ours(['ours'], { folder, count: most, connections: 10, port, list: length }),
      )
      const rate = (most / sent.seconds).toFixed(0)
      rows.push([String(length), String(most), sent.megabytes.toFixed(0), rate])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  printTable(['subscribers', 'messages sent', 'MB at the peak', 'messages/s'], rows)
}
