import type { Body, RenderedArticle } from '../model/article.ts'
import type { SharedCounter } from '../threads/shared-work.ts'
import type { Job } from '../threads/threads.ts'
import type { Row } from './cache-format.ts'
import type { Table } from './cache-table.ts'
import type { Found } from './found.ts'
import { pathIn } from './listing.ts'
import type { ReadOptions } from './read-share.ts'
import type { Renderable } from './render.ts'

/** A time zone cannot be handed over. */
export type ThreadOptions = Omit<ReadOptions, 'zone'>

export interface ReadJob extends Job {
  readonly kind: 'read'
  readonly options: ThreadOptions
  readonly files: PackedFiles
  readonly next: SharedCounter
  readonly startedAt: number
}

/** What can be kept; files that need a closer look are not in it. */
export interface ReadDone {
  readonly table: Table
  /** which file each row is of */
  readonly files: Uint32Array
}

export interface RenderJob extends Job {
  readonly kind: 'render'
  readonly options: ThreadOptions
  readonly articles: readonly ToRender[]
  /** the parsers that their files need, all together */
  readonly needs: Row['needs']
  readonly next: SharedCounter
}

/** All that an article is rendered from; its body is read by who renders it. */
export interface ToRender extends Omit<Renderable, 'body'>, Required<Omit<Body, 'source'>> {
  readonly found: Found
}

export type RenderDone = [article: number, rendered: RenderedArticle][]

/** Paths with a zero between, which no path has in it: a text is handed over in no time, thousands of objects are not. */
export interface PackedFiles {
  readonly top: string
  readonly folder: string
  readonly files: string
  /** where they are not what `pathIn` says */
  readonly paths?: string
}

export function packFiles(top: string, folder: string, found: readonly Found[]): PackedFiles {
  const files = found.map(({ file }) => file).join('\0')
  const isUsual = found.every(({ path, file }) => path === pathIn(top, folder, file))
  return {
    ...{ top, folder, files },
    ...(!isUsual && { paths: found.map(({ path }) => path).join('\0') }),
  }
}

export function unpackFiles({ top, folder, files, paths }: PackedFiles): readonly Found[] {
  const places = paths?.split('\0')
  return files
    .split('\0')
    .map((file, at) => ({ file, path: places?.[at] ?? pathIn(top, folder, file) }))
}
