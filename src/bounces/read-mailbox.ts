import { createReadStream } from 'node:fs'
import { open, readdir, rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Fault } from '../model/fault.ts'
import { splitMbox } from './mbox.ts'

/** A message of a mailbox. */
export type FoundMail =
  | {
      /** its file; in an mbox, also its first line: `bounces.mbox:120` */
      readonly name: string
      readonly bytes: Uint8Array
      /** marks it as seen, where the mailbox knows such marks */
      readonly markSeen?: () => Promise<void>
    }
  /** one that cannot be read: the others can */
  | { readonly name: string; readonly reason: string }

/** What is read of one message, in octets. */
const most = 10 * 1024 * 1024

/**
 * Reads the messages of a Maildir (new/ and cur/), of an mbox, or the one in a file. Nothing is changed.
 *
 * @param unseen only those of a Maildir that no mail program has marked as seen
 * @throws {Fault} 'usage' when there is no such mailbox, 'unavailable' when it cannot be read
 */
export async function* readMailbox(
  path: string,
  { unseen = false } = {},
): AsyncGenerator<FoundMail> {
  const kind = await stat(path).catch((cause) => {
    throw cannotRead(path, cause)
  })
  if (kind.isDirectory()) yield* readMaildir(path, unseen)
  else yield* readStream(createReadStream(path), path)
}

/** Reads an mbox, or one message, from a stream. */
export async function* readStream(
  stream: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<FoundMail> {
  try {
    for await (const { bytes, line } of splitMbox(stream, most)) {
      yield { name: line === 1 ? name : `${name}:${line}`, bytes }
    }
  } catch (cause) {
    throw cause instanceof Fault ? cause : cannotRead(name, cause)
  }
}

async function* readMaildir(folder: string, unseen: boolean): AsyncGenerator<FoundMail> {
  const lists = await Promise.all(
    ['new', 'cur'].map(async (part) => ({ part, names: await listFolder(join(folder, part)) })),
  )
  if (lists.every(({ names }) => names === undefined)) {
    throw new Fault(
      'usage',
      `${folder}: is no Maildir, it has neither new/ nor cur/; name a Maildir, an mbox or a file`,
    )
  }
  for (const { part, names = [] } of lists) {
    for (const name of names.toSorted()) {
      if (unseen && flagsOf(name).includes('S')) continue
      const found = await readFile(folder, part, name)
      if (found) yield found
    }
  }
}

async function readFile(
  folder: string,
  part: string,
  name: string,
): Promise<FoundMail | undefined> {
  const path = join(folder, part, name)
  try {
    const file = await open(path)
    try {
      const { size } = await file.stat()
      const bytes = Buffer.alloc(Math.min(size, most))
      let read = 0
      while (read < bytes.length) {
        const { bytesRead } = await file.read(bytes, read, bytes.length - read, read)
        if (bytesRead === 0) break
        read += bytesRead
      }
      const markSeen = () => rename(path, join(folder, 'cur', seenName(name)))
      return { name: path, bytes: bytes.subarray(0, read), markSeen }
    } finally {
      await file.close()
    }
  } catch (error) {
    // A mail program has moved or deleted it meanwhile: the next run sees it where it is
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    return { name: path, reason: `cannot be read: ${reasonOf(error)}` }
  }
}

async function listFolder(folder: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) {
      return undefined
    }
    throw cannotRead(folder, cause)
  }
}

/** `1234.host:2,RS` (maildir(5)): flags in the order of ASCII. */
function seenName(name: string): string {
  const flags = new Set([...flagsOf(name), 'S'])
  return `${basename(name).replace(/:2,.*$/, '')}:2,${[...flags].toSorted().join('')}`
}

function flagsOf(name: string): string {
  return /:2,(\w*)$/.exec(name)?.[1] ?? ''
}

function cannotRead(path: string, cause: unknown): Fault {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT') {
    return new Fault('usage', `${path}: no such mailbox; name a Maildir, an mbox, a file, or - `, {
      cause,
    })
  }
  return new Fault('unavailable', `${path}: cannot be read (${reasonOf(cause)}); nothing is lost`, {
    cause,
  })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
