import type { Templates } from '../templates/templates.ts'
import { claimShared, type SharedCounter } from '../threads/shared-work.ts'
import type { Job } from '../threads/threads.ts'
import { type PageFile, pageRenderer } from './page-files.ts'
import type { Page } from './page-views.ts'

export interface PagesJob extends Job {
  readonly kind: 'pages'
  readonly pages: readonly Page[]
  readonly templates: Templates
  readonly next: SharedCounter
}

export type PagesDone = [page: number, file: PageFile][]

/** Renders pages as long as there are any. */
export function doPages({ pages, templates, next }: PagesJob): PagesDone {
  const render = pageRenderer(templates)
  const done: PagesDone = []
  const claim = claimShared(pages.length, next)
  for (let range = claim(); range; range = claim()) {
    for (const [at, page] of pages.slice(...range).entries())
      done.push([range[0] + at, render(page)])
  }
  return done
}
