import { hash } from 'node:crypto'
import type { Channel } from '../feeds/channels.ts'
import type { Article, RenderedArticle } from '../model/article.ts'
import type { Feed } from '../model/feed.ts'
import { mostTitles } from '../pages/page-views.ts'

/** Stands in for rendering where only what is known without it is asked for. */
export function renderNothing(): RenderedArticle {
  return { html: '', summary: '' }
}

/**
 * What the documents and the page of each channel are made from, as one text each: when it is the same as in the
 * former build, so are they.
 *
 * @param heads the feeds of the channels, rendered with `renderNothing`
 * @param common what all of them are made from: settings, templates, the program
 * @returns by the folder of the channel; without those of which it cannot be told
 */
export function channelKeys(
  channels: readonly Channel[],
  heads: readonly Feed[],
  { limit, common }: { readonly limit: number; readonly common: string },
): Map<string, string> {
  const articles = new Map<Article, string | undefined>()
  const keyOf = (article: Article) => {
    const key = articles.get(article) ?? articleKey(article)
    articles.set(article, key)
    return key
  }
  const list = channels.map(({ kind, term, folder, articles }) => [
    kind,
    term,
    folder,
    articles.length,
  ])
  const keys = new Map<string, string>()
  for (const [at, { articles, ...channel }] of channels.entries()) {
    const isSite = channel.kind === 'site'
    const feed = heads[at]
    const shown = articles.slice(0, isSite ? Math.max(limit, mostTitles) : limit)
    const parts = shown.map(keyOf)
    // A feed with an archive holds other articles than its newest ones
    const known = new Set(shown.map(({ id }) => id))
    if (!feed?.items.every(({ id }) => known.has(id)) || parts.includes(undefined)) continue
    // The front page lists all channels
    const others = isSite ? list : [articles.length]
    keys.set(channel.folder, hash('sha256', JSON.stringify([common, channel, feed, others, parts])))
  }
  return keys
}

/** All that an article says, without its text: that is told by its hash. Undefined where that is not known. */
export function articleKey(article: Article): string | undefined {
  const { format, hash: text } = article.body
  return text === undefined
    ? undefined
    : hash('sha256', JSON.stringify({ ...article, body: [format, text] }))
}
