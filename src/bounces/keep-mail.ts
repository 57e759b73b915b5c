import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../model/fault.ts'

/** Keeps a message; resolves with its file when that is on the disk. */
export type KeepMail = (bytes: Uint8Array, envelope?: readonly string[]) => Promise<string>

/**
 * Keeps what nobody else would: messages that came by a pipe or a socket and were not understood. They go into a
 * Maildir, which any mail program opens, with the addresses that they were delivered to on top.
 *
 * @throws {Fault} 'unavailable' when it cannot be written: whoever brought the message keeps it
 */
export function mailKeeper(folder: string): KeepMail {
  return async (bytes, envelope = []) => {
    const host = hostname().replace(/[^\w.-]/g, '')
    const name = `${Date.now()}.${process.pid}_${randomBytes(6).toString('hex')}.${host}`
    const [draft, kept] = [join(folder, 'tmp', name), join(folder, 'new', name)]
    try {
      for (const part of ['tmp', 'new', 'cur']) {
        await mkdir(join(folder, part), { recursive: true, mode: 0o700 })
      }
      const head = envelope.map((address) => `Delivered-To: ${address.replace(/[\r\n]/g, ' ')}\n`)
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writeFile(Buffer.concat([Buffer.from(head.join('')), bytes]))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, kept)
      const directory = await open(join(folder, 'new'))
      await directory.sync().finally(() => directory.close())
      return kept
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => undefined)
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Fault('unavailable', `${folder}: cannot be written (${reason}); make room there`, {
        cause,
      })
    }
  }
}
