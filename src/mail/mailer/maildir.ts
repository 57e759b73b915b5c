import { createHash } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../model/fault.ts'
import type { Mailer, Message } from '../mailer.ts'

/**
 * Delivers every message into one Maildir (https://cr.yp.to/proto/maildir.html), made when it is first needed: a
 * relay that needs no server. `mutt -f DIR` shows it. Messages are stored with LF line ends, as mail programs expect,
 * after Return-Path and Delivered-To.
 *
 * A file is named after its Message-ID: one that is in new/ or cur/ already is not delivered again, so that a run
 * that was killed leaves no double.
 */
export function maildirMailer(dir: string): Mailer {
  let prepared: Promise<Set<string>> | undefined
  let count = 0

  async function deliver(message: Message, present: Set<string>): Promise<string> {
    const name = fileName(message.messageId)
    if (present.has(name)) return 'already there'
    count += 1
    const draft = join(dir, 'tmp', `${name}.${process.pid}.${count}`)
    try {
      await writeDurably(draft, toStored(message))
      await rename(draft, join(dir, 'new', name))
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {})
      throw error
    }
    present.add(name)
    await syncFolder(join(dir, 'new'))
    return `${join('new', name)}`
  }

  return {
    async submit(message, { leave } = {}) {
      await leave
      prepared ??= prepare(dir)
      try {
        return { kind: 'submitted', reply: await deliver(message, await prepared) }
      } catch (error) {
        prepared = undefined
        throw explain(dir, error)
      }
    },
    withdraw() {},
    async close() {},
  }
}

/** @returns the names of all messages that are there, without the flags that mail programs append */
async function prepare(dir: string): Promise<Set<string>> {
  for (const folder of ['tmp', 'new', 'cur']) await mkdir(join(dir, folder), { recursive: true })
  const files = [...(await readdir(join(dir, 'new'))), ...(await readdir(join(dir, 'cur')))]
  return new Set(files.map((file) => file.replace(/[:;].*$/, '')))
}

function fileName(messageId: string): string {
  return `${createHash('sha256').update(messageId).digest('hex').slice(0, 32)}.tidings`
}

function toStored({ envelope, bytes }: Message): Buffer {
  const plain = (address: string) => address.replace(/\p{Cc}/gu, '')
  const trace = `Return-Path: <${plain(envelope.from)}>\nDelivered-To: ${plain(envelope.to)}\n`
  const body = Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n')
  return Buffer.concat([Buffer.from(trace), Buffer.from(body, 'latin1')])
}

async function writeDurably(file: string, content: Buffer): Promise<void> {
  await using handle = await open(file, 'wx', 0o600)
  await handle.writeFile(content)
  await handle.sync()
}

/** Makes the rename durable, where the system has it: Windows cannot open a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  if (!handle) return
  try {
    await handle.sync().catch(() => {})
  } finally {
    await handle.close()
  }
}

function explain(dir: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === undefined) return error
  const why =
    code === 'ENOSPC' ? 'the disk is full' : `its folders cannot be made or written (${code})`
  return new Fault(
    'unavailable',
    `maildir:${dir}: ${why}; make room there or name another folder`,
    {
      cause: error,
    },
  )
}
