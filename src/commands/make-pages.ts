import type { Channel } from '../feeds/channels.ts'
import { bytesOf } from '../output/write-files.ts'
import type { PageFile } from '../pages/page-files.ts'
import { type Page, type PagesInput, pageViews } from '../pages/page-views.ts'
import type { PagesDone, PagesJob } from '../pages/pages-job.ts'
import type { Templates } from '../templates/templates.ts'
import { claimShared, makeCounter } from '../threads/shared-work.ts'
import type { Threads } from '../threads/threads.ts'
import { type Group, pageKey } from './output-groups.ts'

export interface PagesTerms extends Omit<PagesInput, 'wanted' | 'languages'> {
  /** what all pages are made from: settings, templates, the program */
  readonly common: string
  readonly templates: Templates
}

/** Pages from which on it pays to have them made by threads. */
const enough = 10

/**
 * Begins with those pages of channels that would come out otherwise than they stand: other threads make them while this
 * one does something else.
 *
 * @returns ends what it has begun
 */
export function beginPages(
  channels: readonly Channel[],
  { common, templates, ...input }: PagesTerms,
  stands: (name: string, key: string) => boolean,
  threads: Threads,
): () => Promise<readonly Group[]> {
  const { limit, render } = input
  const keys = new Map(
    channels.map((one) => [pageOf(one), pageKey(one, input.channels, render, { limit, common })]),
  )
  const wanted = new Set(
    channels.filter((channel) => !stands(pageOf(channel), keys.get(pageOf(channel)) ?? '')),
  )
  if (wanted.size === 0) return async () => []
  const pages = pageViews({ ...input, wanted, languages: templates.languages })
  const next = makeCounter(1)
  const job: PagesJob = { kind: 'pages', pages, templates, next }
  const answers = pages.length < enough ? [] : threads.ask<PagesDone>(job)
  return async () => {
    const files = await endPages(pages, job, answers)
    return files.map((file) => {
      const contents = bytesOf(file)
      return { name: file.path, key: keys.get(file.path), files: [{ path: file.path, contents }] }
    })
  }
}

/** Makes what nobody else has begun with. */
async function endPages(
  pages: readonly Page[],
  { templates, next }: PagesJob,
  answers: readonly Promise<PagesDone | undefined>[],
): Promise<readonly PageFile[]> {
  const made = new Map<number, PageFile>()
  let render: ((page: Page) => PageFile) | undefined
  const make = async (at: number) => {
    const page = pages[at]
    render ??= (await import('../pages/page-files.ts')).pageRenderer(templates)
    if (page) made.set(at, render(page))
  }
  const claim = claimShared(pages.length, next)
  for (let range = claim(); range; range = claim()) await make(range[0])
  for (const done of await Promise.all(answers))
    for (const [at, file] of done ?? []) made.set(at, file)
  // Where a thread has failed, it is said here what is wrong
  for (const at of pages.keys()) if (!made.has(at)) await make(at)
  return pages.flatMap((_, at) => made.get(at) ?? [])
}

/** The group of its page, and where that stands. */
export function pageOf({ folder }: Channel): string {
  return `${folder}index.html`
}
