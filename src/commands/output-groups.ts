import { hash } from 'node:crypto'
import type { Channel } from '../feeds/channels.ts'
import {
  type Article,
  copyArticle,
  type RenderArticle,
  type RenderedArticle,
} from '../model/article.ts'
import type { Feed } from '../model/feed.ts'
import { remember } from '../model/memo.ts'
import type { OutputFile } from '../output/write-files.ts'
import { shownOfArticle } from '../pages/article-view.ts'
import { mostTitles } from '../pages/page-views.ts'

/** Stands in for rendering where only what is known without it is asked for. */
export function renderNothing(): RenderedArticle {
  return { html: '', summary: '' }
}

/** All that an article says, its text by its hash. Undefined where that is not known. */
export type ArticleSays = (article: Article) => string | undefined
/** The same in short. */
export type ArticleKey = (article: Article) => string | undefined

/** Files that are made together, and what they are made from: undefined where that cannot be told. */
export interface Group {
  readonly name: string
  readonly key: string | undefined
  readonly files: readonly OutputFile[]
}

interface KeyTerms {
  readonly limit: number
  /** what all outputs are made from: settings, templates, the program */
  readonly common: string
}

/**
 * What the documents of each channel are made from, and all that its page is: when it is the same as in the former
 * build, so are they.
 *
 * @param heads the feeds of the channels, rendered with `renderNothing`
 * @returns by the folder of the channel; without those of which it cannot be told
 */
export function channelKeys(
  channels: readonly Channel[],
  heads: readonly Feed[],
  saysOf: ArticleSays,
  { limit, common }: KeyTerms,
): Map<string, string> {
  const list = listOf(channels)
  const keys = new Map<string, string>()
  for (const [at, { articles, ...channel }] of channels.entries()) {
    const isSite = channel.kind === 'site'
    const { items = [], ...head }: Partial<Feed> = heads[at] ?? {}
    const shown = articles.slice(0, isSite ? Math.max(limit, mostTitles) : limit)
    const parts = shown.map(saysOf)
    // A feed with an archive holds other articles than its newest ones
    const known = new Set(shown.map(({ id }) => id))
    if (!items.every(({ id }) => known.has(id)) || parts.includes(undefined)) continue
    // A tag is spelled as its oldest article does, which need not stand here
    const spelled = items.map(({ id, tags }) => [id, tags])
    // The front page lists all channels
    const others = isSite ? list : [articles.length]
    const whole = JSON.stringify([common, channel, head, spelled, others])
    keys.set(channel.folder, hash('sha256', [whole, ...parts].join('\n')))
  }
  return keys
}

/** What the page of a channel is made from: most edits change a text below what its page shows of it. */
export function pageKey(
  { articles, ...channel }: Channel,
  channels: readonly Channel[],
  render: RenderArticle,
  { limit, common }: KeyTerms,
): string {
  const isSite = channel.kind === 'site'
  const shown = articles.slice(0, isSite ? mostTitles : limit).map((article) => [
    ...shownOfArticle.map((name) => article[name]),
    // The front page lists titles
    isSite ? '' : render(article).summary,
  ])
  const others = isSite ? listOf(channels) : [articles.length]
  return hash('sha256', JSON.stringify([common, channel, others, shown]))
}

function listOf(channels: readonly Channel[]): unknown {
  return channels.map(({ kind, term, folder, articles }) => [kind, term, folder, articles.length])
}

/** Works out each once. */
export function rememberKeys(): { readonly saysOf: ArticleSays; readonly keyOf: ArticleKey } {
  const saysOf = remember(articleSays)
  const keyOf = remember((article: Article) => {
    const said = saysOf(article)
    return said === undefined ? undefined : hash('sha256', said)
  })
  return { saysOf, keyOf }
}

export function articleSays(article: Article): string | undefined {
  const { format, hash: text } = article.body
  if (text === undefined) return undefined
  return JSON.stringify({ ...copyArticle(article, article.id), body: [format, text] })
}
