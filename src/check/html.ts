import { Tokenizer } from 'htmlparser2'
import { type About, type Notes, show } from './notes.ts'

/** Where an HTML text stands in the document. */
export interface HtmlPlace {
  readonly notes: Notes
  /** offset in the document of an index into the text */
  readonly at: (index: number) => number
  /** whether something says what relative references start from (xml:base) */
  readonly hasBase?: boolean
  readonly about?: About
}

/** An element of HTML or XHTML, as rules look at it. */
export interface Tag {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

const unsafe = words('applet base embed frame frameset iframe link meta object script style')
const documents = words('html head body title')
const known = words(
  'a abbr acronym address area article aside audio b bdi bdo big blockquote br button canvas caption center cite',
  'code col colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure font',
  'footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend li main map mark menu meter',
  'nav noscript ol optgroup option output p param picture pre progress q rp rt ruby s samp search section select',
  'slot small source span strike strong sub summary sup table tbody td template textarea tfoot th thead time tr',
  'track tt u ul var video wbr',
)
const links = ['href', 'src', 'poster', 'cite', 'data', 'action', 'formaction', 'background']

/** Looks through the HTML of an item for what readers remove, refuse or show broken. */
export function checkHtml(html: string, place: HtmlPlace): void {
  let foreign = 0
  let tags = 0
  readTags(html, {
    opening(tag, index) {
      tags++
      if (isForeign(tag.name)) foreign++
      checkTag(tag, { ...place, foreign: foreign > 0, index })
    },
    closing(name) {
      if (isForeign(name) && foreign > 0) foreign--
    },
  })
  const twice = tags === 0 ? /&lt;\/(?:p|a|div|em|strong|ul|li|h\d)&gt;/i.exec(html) : null
  if (twice) {
    const remedy = 'readers show the tags instead of what they mean; escape it once'
    const message = `the HTML is escaped twice: ${remedy}`
    place.notes.warn('html-escaped-twice', place.at(twice.index), message)
  }
}

function isForeign(name: string): boolean {
  return name === 'svg' || name === 'math'
}

/** Tags one by one: to know which of them belong together takes longer, and no rule asks. */
function readTags(
  html: string,
  on: { opening(tag: Tag, index: number): void; closing?(name: string): void },
): void {
  let name = ''
  let start = 0
  let key = ''
  let value = ''
  let attributes: Record<string, string> = {}
  const open = () => on.opening({ name, attributes }, start)
  const nothing = () => undefined
  const tokenizer = new Tokenizer(
    {},
    {
      onopentagname(from, to) {
        name = html.slice(from, to).toLowerCase()
        start = from - 1
        attributes = Object.create(null)
      },
      onattribname(from, to) {
        key = html.slice(from, to).toLowerCase()
        value = ''
      },
      onattribdata(from, to) {
        value += html.slice(from, to)
      },
      onattribentity(codePoint) {
        value += String.fromCodePoint(codePoint)
      },
      onattribend() {
        attributes[key] ??= value
      },
      onopentagend: open,
      onselfclosingtag: open,
      onclosetag: (from, to) => on.closing?.(html.slice(from, to).toLowerCase()),
      ...{ ontext: nothing, ontextentity: nothing, oncomment: nothing, oncdata: nothing },
      ...{ ondeclaration: nothing, onprocessinginstruction: nothing, onend: nothing },
    },
  )
  tokenizer.write(html)
  tokenizer.end()
}

/** The rules for one element, wherever it comes from. */
export function checkTag(
  { name, attributes }: Tag,
  {
    notes,
    at,
    hasBase = false,
    about,
    foreign,
    index,
  }: HtmlPlace & { foreign: boolean; index: number },
): void {
  const offset = at(index)
  const told = (subject: string): About => ({ ...about, subject })
  if (unsafe.has(name)) {
    const remedy = 'readers remove it and what depends on it; link to what it shows'
    notes.warn('html-unsafe', offset, `the content has a <${name}>: ${remedy}`, told(`<${name}`))
  } else if (documents.has(name) && !foreign) {
    const remedy = 'leave only what stands inside <body>'
    notes.warn('html-document', offset, `the content has a <${name}>: ${remedy}`, told(`<${name}`))
  } else if (!foreign && !known.has(name)) {
    const message = `<${name.slice(0, 40)}> is no element of HTML; write it as &lt; if it is text`
    notes.warn('html-unknown', offset, message, told(`<${name}`))
  }
  for (const [attribute, value] of Object.entries(attributes)) {
    const what = `${attribute} of <${name}>`
    if (/^on/.test(attribute)) {
      const remedy = 'readers remove handlers; remove it'
      notes.warn(
        'html-handler',
        offset,
        `the content has ${attribute} on <${name}>: ${remedy}`,
        told(value),
      )
    } else if (
      attribute === 'style' &&
      /url\s*\(|expression|javascript|behavior|position\s*:|@import/i.test(value)
    ) {
      const remedy = 'readers remove styles that load or overlay; remove it'
      notes.warn('html-style', offset, `${what} is ${show(value)}: ${remedy}`, told(value))
    } else if (links.includes(attribute)) checkReference(value)
    else if (attribute === 'srcset')
      for (const candidate of value.split(/,\s+/))
        checkReference(candidate.trim().split(/\s/)[0] ?? '')
  }

  function checkReference(value: string) {
    const url = value.trim()
    // Browsers skip these inside a scheme.
    const scheme = /^([a-z][a-z\d+.-]*):/i.exec(url.replace(/[\t\n\r]/g, ''))?.[1]?.toLowerCase()
    if (scheme === 'javascript' || scheme === 'vbscript' || /^data:text\/html/i.test(url)) {
      const message = `${show(url)} on <${name}> is a script; write an https URL`
      notes.error('html-unsafe-url', offset, message, told(value))
    } else if (scheme === undefined && !hasBase) {
      const remedy = 'readers have no page that it is relative to; write the whole URL'
      notes.warn(
        'html-relative',
        offset,
        `${show(url)} on <${name}> is relative: ${remedy}`,
        told(value),
      )
    }
  }
}

/** What makes a plain text look as if HTML had been meant. */
export function htmlInText(value: string): string | undefined {
  for (const [tag, name = ''] of value.matchAll(/<\/([a-z][a-z\d]*)\s*>/gi))
    if (known.has(name.toLowerCase()) || unsafe.has(name.toLowerCase())) return tag
  return /<br\s*\/?>|&(?:amp|lt|gt|quot|apos|nbsp|copy|reg|trade|middot|bull|laquo|raquo|euro|[a-z](?:acute|grave|circ|uml|cedil|tilde)|[lr][sd]quo|[nm]dash|hellip|#\d{1,7}|#x[\da-f]{1,6});/i.exec(
    value,
  )?.[0]
}

/** The addresses of feeds that a web page names in its head. */
export function feedLinks(html: string): readonly string[] {
  const found: string[] = []
  readTags(html.slice(0, 200_000), {
    opening({ name, attributes: { rel = '', type = '', href } }) {
      const isFeed = /^application\/(?:(?:rss|atom)\+xml|(?:feed\+)?json)$/i.test(type)
      if (name === 'link' && isFeed && /\balternate\b/i.test(rel) && href) found.push(href)
    },
  })
  return found.slice(0, 5)
}

function words(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.join(' ').split(' '))
}
