import { Parser } from 'htmlparser2'

/** What an HTML file says of itself. Offsets are into its source. */
export interface HtmlDocument {
  /** false for a fragment: all of it is body */
  readonly whole: boolean
  readonly language?: string
  /** `<title>` */
  readonly title?: string
  readonly headings: readonly HtmlHeading[]
  /** names in lower case: `description`, `og:image`, `article:published_time` */
  readonly meta: ReadonlyMap<string, string>
  /** what is to be read: the one `<article>`, else the one `<main>`, else `<body>`, else everything */
  readonly body: Range
  /** the first words that are to be read */
  readonly firstText?: string
}

export interface HtmlHeading extends Range {
  readonly level: number
  readonly text: string
  /** whether nothing that is to be read comes before it */
  readonly leads: boolean
}

export interface Range {
  readonly start: number
  readonly end: number
}

interface Open extends Range {
  readonly name: string
}

/** Looks through an HTML file once. Never fails: HTML has no errors, only surprises. */
export function readHtmlDocument(source: string): HtmlDocument {
  const whole = /<(?:!doctype|html|head|body)\b/i.test(source)
  const meta = new Map<string, string>()
  const regions: Record<string, Open[]> = { article: [], main: [], body: [] }
  const headings: (HtmlHeading & { readonly start: number })[] = []
  const found: { language?: string; title?: string; firstText?: string } = {}
  let silent = 0
  let heading: { level: number; start: number; text: string; at: number } | undefined
  let title: string | undefined
  let afterHead = 0
  const texts: number[] = []
  const parser = new Parser({
    onopentag(name, attributes) {
      const { startIndex: start, endIndex } = parser
      if (name === 'html' && attributes.lang) found.language = attributes.lang
      if (name === 'meta') readMeta(attributes, meta)
      if (/^(?:script|style|template|noscript|head|svg)$/.test(name)) silent += 1
      if (name === 'title' && found.title === undefined) title = ''
      regions[name]?.push({ name, start: endIndex + 1, end: source.length })
      const level = /^h([1-6])$/.exec(name)?.[1]
      if (level && silent === 0)
        heading = { level: Number(level), start, text: '', at: texts.length }
    },
    ontext(text) {
      if (title !== undefined) title += text
      if (silent > 0 || text.trim() === '') return
      found.firstText ??= text.trim()
      texts.push(parser.startIndex)
      if (heading) heading.text += text
    },
    onclosetag(name, implied) {
      const end = implied ? parser.startIndex : parser.endIndex + 1
      if (/^(?:script|style|template|noscript|head|svg)$/.test(name)) silent -= 1
      if (name === 'head') afterHead = end
      if (name === 'title' && title !== undefined) {
        found.title = title
        title = undefined
      }
      const region = regions[name]?.findLast((open) => open.end === source.length)
      if (region && !implied) Object.assign(region, { end: parser.startIndex })
      if (heading && name === `h${heading.level}`) {
        headings.push({ ...heading, end, leads: false })
        heading = undefined
      }
    },
  })
  parser.end(source)
  const body = whole
    ? pickBody(regions, { start: afterHead, end: source.length })
    : { start: 0, end: source.length }
  const firstWords = texts.find((at) => at >= body.start) ?? source.length
  return {
    whole,
    ...found,
    headings: headings
      .filter(({ start, end }) => start >= body.start && end <= body.end)
      .map(({ level, text, start, end }) => ({
        level,
        text,
        start,
        end,
        leads: firstWords >= start && firstWords < end,
      })),
    meta,
    body,
  }
}

function pickBody(regions: Record<string, readonly Range[]>, rest: Range): Range {
  const { article = [], main = [], body = [] } = regions
  const [only] = article.length === 1 ? article : main.length === 1 ? main : body
  return only ? { start: only.start, end: only.end } : rest
}

function readMeta(attributes: Record<string, string>, meta: Map<string, string>): void {
  const name = (attributes.name ?? attributes.property ?? '').toLowerCase()
  const { content } = attributes
  if (name !== '' && content && !meta.has(name)) meta.set(name, content)
}
