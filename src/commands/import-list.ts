import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { Fault } from '../model/fault.ts'
import { formatProblem } from '../model/problem.ts'
import type { NewSubscriber } from '../model/subscriber.ts'
import type { Subscribers } from '../store/subscribers.ts'
import { meanings } from '../subscribers/columns.ts'
import { type ListReader, listReader, type Piece } from '../subscribers/list-reader.ts'
import type { Context, Report, Values } from './command.ts'
import { type Rejects, rejectsFile } from './import-rejects.ts'
import { importReport, rehearsalReport } from './import-report.ts'
import { makeTally, type Tally } from './import-tally.ts'
import { count } from './terminal.ts'
import { limitYoungHeap } from './young-heap.ts'

/** How a file was understood. */
export interface Understood {
  readonly file: string
  readonly program?: string
  readonly encoding: string
  readonly delimiter: string
  readonly hasHeader: boolean
  readonly columns: readonly { readonly title: string; readonly meaning: string }[]
}

/** People that are stored together: each commit waits for the disk, and for the pages of indexes that it touches. */
const together = 20_000
/** Octets that are read together. */
const chunk = 262_144

/**
 * Takes the readers of some files onto the list, a few thousand at a time, so that a list of any length takes the same
 * memory and an interrupt loses nothing: what was stored stays, and the same command goes on with the rest.
 *
 * @param people absent: shows what it understood, and stores nothing
 */
export async function importList(
  context: Context,
  people: Pick<Subscribers, 'add'> | undefined,
  { values, files }: { values: Values; files: readonly string[] },
): Promise<Report> {
  limitYoungHeap()
  if (files.length === 0)
    throw new Fault('usage', 'subscribers import takes one FILE or more, or - for standard input')
  const wanted = (Array.isArray(values.field) ? values.field : []).map(String)
  const tally = makeTally(context)
  const rejects =
    typeof values.rejects === 'string'
      ? rejectsFile(resolve(context.cwd, values.rejects), values.rejects)
      : undefined
  const understood: Understood[] = []
  try {
    for (const file of files) {
      const reader = listReader({ file, now: context.now, wanted })
      const end = await importFile({ context, people, file, reader, tally, rejects })
      understood.push(describe(file, reader))
      if (end !== undefined) return importReport(tally, { understood, stoppedAt: `${file}:${end}` })
    }
  } finally {
    await rejects?.close()
  }
  const isUsed = Object.values(tally.statuses).some((n) => n > 0)
  if (!isUsed && tally.leftOut > 0) {
    throw new Fault('content-invalid', `${files.join(', ')}: no line of it could be used`)
  }
  const told = { understood, hasRejects: rejects !== undefined }
  return people ? importReport(tally, told) : rehearsalReport(tally, told)
}

interface Job {
  readonly context: Context
  readonly people: Pick<Subscribers, 'add'> | undefined
  readonly file: string
  readonly reader: ListReader
  readonly tally: Tally
  readonly rejects: Rejects | undefined
}

/** @returns the last line that was stored, when it was interrupted there */
async function importFile(job: Job): Promise<number | undefined> {
  const { context, people, file, reader, tally, rejects } = job
  const { signal, progress } = context
  let waiting: NewSubscriber[] = []
  let line = 0

  async function take(piece: ReturnType<ListReader['push']>): Promise<void> {
    const { people: found, errors } = used(piece)
    tally.read(file, piece as Piece)
    await rejects?.write(errors, reader.layout)
    line = Math.max(line, found.at(-1)?.line ?? 0, errors.at(-1)?.line ?? 0)
    if (people) waiting = waiting.length > 0 ? waiting.concat(found) : [...found]
    if (waiting.length >= together) await store()
    progress(`${file}: ${count(line, 'line')}, ${count(tally.outcomes.added, 'reader')} added`)
  }

  async function store(): Promise<void> {
    if (!people || waiting.length === 0) return
    try {
      tally.stored(await people.add(waiting, context.clock()))
    } catch (error) {
      const { added, updated } = tally.outcomes
      if (added + updated > 0) {
        progress.note(`${added} added and ${updated} updated before this; run it again to go on`)
      }
      throw error
    }
    waiting = []
  }

  for await (const bytes of octets(context, file)) {
    await take(reader.push(bytes))
    // The writes of SQLite do not wait: without a pause no signal would be heard
    await new Promise((done) => setImmediate(done))
    if (signal.aborted) {
      await store()
      return line
    }
  }
  await take(reader.end())
  await store()
  return undefined
}

function used(piece: ReturnType<ListReader['push']>): Piece {
  if (!('refused' in piece)) return piece
  throw new Fault('content-invalid', formatProblem(piece.refused))
}

async function* octets({ stdin, cwd }: Context, file: string): AsyncIterable<Uint8Array> {
  if (file === '-') return yield* stdin
  try {
    yield* createReadStream(resolve(cwd, file), { highWaterMark: chunk })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('usage', `${file}: cannot be read: ${reason}`, { cause })
  }
}

function describe(file: string, { layout, encoding }: ListReader): Understood {
  const told = layout ? meanings(layout.columns) : []
  return {
    file,
    ...(layout?.program !== undefined && { program: layout.program }),
    encoding,
    delimiter: layout?.delimiter ?? ',',
    hasHeader: layout?.header !== undefined,
    columns: told.map((meaning, at) => ({
      title: layout?.header?.fields[at]?.trim() ?? `column ${at + 1}`,
      meaning,
    })),
  }
}
