import type { Article, Body, Image, RenderedArticle } from '../model/article.ts'
import { unescapeText } from './escape.ts'
import { renderMarkdown } from './markdown.ts'
import { makePortable } from './portable.ts'
import { shorten, summarise } from './summary.ts'
import { renderText } from './text.ts'

/** All that an article is rendered from. */
export type Renderable = Pick<Article, 'body' | 'url' | 'slug' | 'description' | 'image'>

/** Renders an article's body: by its format to HTML, then made portable. Pure. */
export function renderArticle(article: Renderable): RenderedArticle {
  const { body, url, slug, description } = article
  const place = { url, prefix: idPrefix(url, slug) }
  const html = makePortable(toHtml(body), place)
  const image = article.image ?? firstImage(html)
  const summary = shorten(plainDescription(description, url)) || summarise(html)
  return { html, summary, ...(image && { image }) }
}

/** By its address rather than its slug, which articles of two years or sections may share. */
function idPrefix(url: string, slug: string): string {
  const path = URL.parse(url)?.pathname ?? ''
  const parts = path.split('/').filter((part) => part !== '')
  return parts.length === 0 ? `${slug}-` : `${parts.map(decode).join('--')}-`
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // %zz
  }
}

function toHtml({ format, source }: Body): string {
  if (format === 'markdown') return renderMarkdown(source)
  return format === 'text' ? renderText(source) : source
}

/** An author's description may hold marks of Markdown or HTML, which no reader of a summary wants to see. */
function plainDescription(description: string, url: string): string {
  if (!/[<&*_`[\]~\\]/.test(description)) return description
  return summarise(makePortable(renderMarkdown(description), { url, prefix: '' }))
}

function firstImage(html: string): Image | undefined {
  for (const [tag] of html.matchAll(/<img [^>]*>/g)) {
    const url = read(tag, 'src')
    if (!/^https?:/.test(url) || isOrnament(url, tag)) continue
    return { url, alt: read(tag, 'alt') }
  }
  return undefined
}

function read(tag: string, name: string): string {
  return unescapeText(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

/** Signs and badges stand for nothing. */
function isOrnament(url: string, tag: string): boolean {
  const isSmall = [read(tag, 'width'), read(tag, 'height')].some(
    (size) => /^\d{1,2}$/.test(size) && Number(size) <= 32,
  )
  return (
    isSmall ||
    /(?:img\.shields\.io|\/badges?(?:[./?]|$)|[./]badge\.|\/emoji\/|gravatar\.com\/|\.svg(?:[?#]|$))/i.test(
      url,
    )
  )
}
