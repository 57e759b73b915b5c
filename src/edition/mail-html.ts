import { Parser } from 'htmlparser2'
import { oneLine, plain } from '../templates/plain-text.ts'

/** A piece of an article's body as mail shows it: text, or one of a few elements that all clients know. */
export type MailNode = string | MailElement

export interface MailElement {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly MailNode[]
}

interface Draft {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  children: MailNode[]
}

// what each element becomes; an article's title is a h2, so its headings begin below
const kept: ReadonlyMap<string, string> = new Map(
  Object.entries({
    p: 'p',
    h1: 'h3',
    h2: 'h3',
    h3: 'h4',
    h4: 'h4',
    h5: 'h4',
    h6: 'h4',
    ul: 'ul',
    ol: 'ol',
    li: 'li',
    blockquote: 'blockquote',
    pre: 'pre',
    table: 'table',
    tr: 'tr',
    th: 'th',
    td: 'td',
    figcaption: 'p',
    caption: 'p',
    dt: 'h4',
    dd: 'p',
    summary: 'h4',
    a: 'a',
    em: 'em',
    i: 'em',
    strong: 'strong',
    b: 'strong',
    code: 'code',
    kbd: 'code',
    samp: 'code',
    s: 's',
    del: 's',
    sub: 'sub',
    sup: 'sup',
  }),
)

/** The elements that begin a line. */
export const blocks: ReadonlySet<string> = new Set([
  'p',
  'h3',
  'h4',
  'ul',
  'ol',
  'blockquote',
  'pre',
  'table',
  'hr',
])
/** The elements that only stand in others. */
export const parts: ReadonlySet<string> = new Set(['li', 'tr', 'th', 'td'])
// not a word of what is inside is for the reader
const dropped = new Set(
  (
    'script style template noscript iframe object embed applet svg math video audio canvas map select ' +
    'textarea button title head datalist'
  ).split(' '),
)
// shown as they are, but their content does not run on from what stands before
const boundaries = new Set(
  'div section article aside header footer main nav figure details dl address form fieldset body html'.split(
    ' ',
  ),
)
const boundary: MailElement = { tag: '#boundary', attributes: {}, children: [] }
// deeper nesting than any reader follows, and than our recursion should
const deepest = 24

/** Width of the column of text in pixels, for Outlook, which knows no max-width. */
const columnWidth = 536

/**
 * Simplifies the HTML of an article for mail: paragraphs, headings, lists, quotations, code, tables, links and
 * pictures; everything else is unwrapped or dropped. What comes out is safe by construction, whatever goes in.
 *
 * @param omitImage absolute URL of a picture that is shown elsewhere already
 */
export function parseMailHtml(html: string, omitImage?: string): readonly MailNode[] {
  const root: Draft = { tag: '#root', attributes: {}, children: [] }
  const drafts: Draft[] = [root]
  // of each open element, whether it is kept
  const open: boolean[] = []
  let skipping = 0
  const current = () => drafts.at(-1) ?? root
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (dropped.has(name)) skipping++
        if (skipping > 0) return void open.push(false)
        if (boundaries.has(name)) current().children.push(boundary)
        const leaf = toLeaf(name, attributes, omitImage)
        if (leaf !== undefined) current().children.push(leaf)
        const tag = kept.get(name)
        const keeps = tag !== undefined && drafts.length <= deepest
        open.push(keeps)
        if (!keeps) return
        drafts.push({ tag, attributes: keptAttributes(tag, attributes), children: [] })
      },
      ontext(text) {
        if (skipping === 0) current().children.push(plain(text))
      },
      onclosetag(name) {
        const keeps = open.pop() === true
        if (dropped.has(name)) skipping--
        if (skipping === 0 && boundaries.has(name)) current().children.push(boundary)
        const draft = keeps ? drafts.pop() : undefined
        if (draft === undefined) return
        for (const node of finish(draft)) current().children.push(node)
      },
    },
    { decodeEntities: true },
  )
  parser.end(html)
  return paragraphs(root.children)
}

/** Elements without content. */
function toLeaf(
  name: string,
  attributes: Readonly<Record<string, string>>,
  omitImage: string | undefined,
): MailNode | undefined {
  if (name === 'br' || name === 'hr') return { tag: name, attributes: {}, children: [] }
  if (name === 'input' && attributes.type === 'checkbox') {
    return 'checked' in attributes ? '☑ ' : '☐ '
  }
  if (name !== 'img') return undefined
  const src = webUrl(attributes.src ?? '', ['http:', 'https:'])
  const width = Number.parseInt(attributes.width ?? '', 10) || columnWidth
  const height = Number.parseInt(attributes.height ?? '', 10) || columnWidth
  const pixel = width <= 3 || height <= 3
  if (src === undefined || src === omitImage || pixel) return undefined
  const alt = oneLine(attributes.alt ?? '')
  const own = { src, alt, width: String(Math.min(width, columnWidth)) }
  return { tag: 'img', attributes: own, children: [] }
}

function keptAttributes(
  tag: string,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {}
  const { dir = '', lang = '', href = '', start = '' } = given
  if (/^(?:ltr|rtl|auto)$/i.test(dir)) attributes.dir = dir.toLowerCase()
  if (/^[a-z0-9-]{2,35}$/i.test(lang)) attributes.lang = lang
  if (tag === 'ol' && /^\d{1,6}$/.test(start)) attributes.start = start
  const url = tag === 'a' ? webUrl(href, ['http:', 'https:', 'mailto:', 'tel:']) : undefined
  if (url !== undefined) attributes.href = url
  return attributes
}

/** The URL in its normal form when it is absolute, of one of the schemes and not a document in itself. */
export function webUrl(value: string, schemes: readonly string[]): string | undefined {
  const url = URL.parse(value.trim())
  return url !== null && schemes.includes(url.protocol) && url.href.length <= 2000
    ? url.href
    : undefined
}

/** Nothing when there is nothing in it to show; its content alone when the element has lost its purpose. */
function finish({ tag, attributes, children }: Draft): readonly MailNode[] {
  const content = flow(tag, children)
  // from a footnote back to where it was called: the way leads out of the message
  if (tag === 'a' && /^\s*(?:↩|↑)/u.test(textOf(content))) return []
  // an empty cell keeps its neighbours under their headings
  const isCell = tag === 'td' || tag === 'th'
  if (!isCell && !content.some(hasContent)) return []
  return tag === 'a' && !('href' in attributes) ? content : [{ tag, attributes, children: content }]
}

function textOf(nodes: readonly MailNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : textOf(node.children))).join('')
}

/** A list item or a table cell of one run stays as it is; what else holds blocks is put into paragraphs. */
function flow(tag: string, children: readonly MailNode[]): readonly MailNode[] {
  if (tag === 'tr') return children.filter((child) => isTag(child, ['td', 'th']))
  if (['ul', 'ol', 'table'].includes(tag)) return children.filter(hasContent)
  if (tag !== 'blockquote' && !parts.has(tag)) {
    return children.map((child) => (child === boundary ? ' ' : child))
  }
  const simple = !children.some((child) => child === boundary || isTag(child, ['p', 'hr']))
  return simple && tag !== 'blockquote' ? children : paragraphs(children)
}

function isTag(node: MailNode, tags: readonly string[]): boolean {
  return typeof node !== 'string' && tags.includes(node.tag)
}

function hasContent(node: MailNode): boolean {
  if (typeof node === 'string') return node.trim() !== ''
  return node.tag === 'img' || node.tag === 'hr' || node.children.some(hasContent)
}

/** Puts text that stands between blocks into paragraphs of its own. */
function paragraphs(nodes: readonly MailNode[]): readonly MailNode[] {
  const result: MailNode[] = []
  let run: MailNode[] = []
  const endRun = () => {
    if (run.some(hasContent)) result.push({ tag: 'p', attributes: {}, children: run })
    run = []
  }
  for (const node of nodes) {
    const isBlock = typeof node !== 'string' && (blocks.has(node.tag) || parts.has(node.tag))
    if (isBlock || node === boundary) endRun()
    const repeated = isTag(node, ['hr']) && isTag(result.at(-1) ?? '', ['hr'])
    if (isBlock && !repeated) result.push(node)
    if (!isBlock && node !== boundary) run.push(node)
  }
  endRun()
  return result
}
