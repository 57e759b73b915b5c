import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import { Fault } from '../model/fault.ts'
import { formatProblem } from '../model/problem.ts'
import type { Store } from '../store/store.ts'
import { readSubscribersCsv, type SubscriberList } from '../subscribers/csv.ts'
import type { Context } from './command.ts'
import { count } from './terminal.ts'

/** The list kept beside the content, where the configuration names one. */
export async function parseList(
  { root, newsletter }: Config,
  now: Date,
): Promise<(SubscriberList & { readonly file: string }) | undefined> {
  const file = newsletter?.subscribers
  if (file === undefined) return undefined
  const bytes = await readFile(resolve(root, file)).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `${file}: the list of newsletter.subscribers cannot be read: ${reason}`
    throw new Fault('config-invalid', message, { cause })
  })
  return { file, ...readSubscribersCsv(bytes, { file, now }) }
}

/**
 * Makes the list kept beside the content true in the store. A list that cannot be read whole, or names nobody, takes
 * nobody off: a slip of the pen must not cost readers an edition.
 */
export async function readList(
  config: Config,
  { subscribers: people }: Store,
  { progress, paint, now }: Pick<Context, 'progress' | 'paint' | 'now'>,
): Promise<void> {
  const list = await parseList(config, now)
  if (!list) return
  const { file, subscribers, errors, warnings } = list
  const warn = (text: string) => progress.note(`${paint.warn('warning')} ${text}`)
  for (const warning of warnings) warn(formatProblem(warning))
  for (const error of errors) progress.note(`${paint.bad('left out')} ${formatProblem(error)}`)
  const unlist = errors.length === 0 && subscribers.length > 0
  const { unlisted } = await people.syncList(subscribers, now, { unlist })
  if (errors.length > 0) warn(`${file}: could not be read whole; nobody is taken off the list`)
  else if (!unlist) warn(`${file}: names nobody; nobody is taken off the list`)
  if (unlisted > 0) {
    progress.note(`${count(unlisted, 'reader')} taken off the list: no longer in ${file}`)
  }
}
