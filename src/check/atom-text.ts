import { checkHtml, checkTag } from './html.ts'
import { xhtml } from './namespaces.ts'
import { show } from './notes.ts'
import { rawOffsets } from './raw-offsets.ts'
import { attribute, attributeAt, type Check, type Context, checkAttribute } from './rules.ts'
import { notePlain } from './text-rules.ts'
import { mediaTypeComplaint, referenceComplaint } from './values.ts'
import type { XmlElement } from './xml-tree.ts'

/** A text construct (RFC 4287 §3.1): plain text, escaped HTML or XHTML in a `div`. */
export const textConstruct: Check = (element, context) => {
  const type = attribute(element, 'type') ?? 'text'
  if (type === 'xhtml') checkXhtml(element, context)
  else if (type === 'text' || type === 'html') checkEscaped(element, type, context)
  else {
    const message = `type of <${element.name}> is ${show(type)}; write text, html or xhtml`
    context.notes.error('text-type', attributeAt(element, 'type'), message)
  }
}

/** The same, for one that has to say something. */
export const title: Check = (element, context) => {
  textConstruct(element, context)
  if (element.text.trim() === '' && element.children.length === 0)
    context.notes.warn('element-empty', element.at, `<${element.name}> is empty; fill it`)
}

function checkEscaped(element: XmlElement, type: 'text' | 'html', context: Context) {
  const { notes, hasBase = false } = context
  const [inner] = element.children
  if (inner) {
    const remedy = type === 'html' ? 'escape it' : 'escape it and say type="html"'
    const message = `<${element.name}> has <${inner.name}> in it; ${remedy}, or say type="xhtml"`
    notes.error('html-unescaped', inner.at, message)
  } else if (type === 'html') {
    const at = rawOffsets(context.text, element.contentAt)
    checkHtml(element.text, { notes, at, hasBase })
  } else notePlain(`<${element.name}>`, element.text, element.at, context)
}

function checkXhtml(element: XmlElement, { notes, hasBase = false }: Context) {
  const [div, second] = element.children
  if (div?.local !== 'div' || div.uri !== xhtml || second || element.text.trim() !== '') {
    const message = `<${element.name}> of type xhtml must hold one <div xmlns="${xhtml}">; wrap all in it`
    notes.error('xhtml-div', element.at, message)
  }
  const visit = (one: XmlElement, foreign: boolean) => {
    const inner = foreign || one.uri !== xhtml
    if (one.uri === '' && one.prefix === '')
      notes.error(
        'namespace-missing',
        one.at,
        `<${one.name}> is in no namespace; it needs that of XHTML`,
      )
    const attributes = Object.fromEntries(one.attributes.map(({ name, value }) => [name, value]))
    const place = { notes, at: (index: number) => index, hasBase, foreign: inner, index: one.at }
    checkTag({ name: one.local, attributes }, place)
    for (const child of one.children) visit(child, inner)
  }
  for (const child of element.children) visit(child, false)
}

/** The content of an entry (RFC 4287 §4.1.3): a text construct, or something of a media type, here or elsewhere. */
export const content: Check = (element, context) => {
  const { notes } = context
  const type = attribute(element, 'type')
  const construct = type === undefined || ['text', 'html', 'xhtml'].includes(type)
  if (attribute(element, 'src') !== undefined) {
    checkAttribute(element, 'src', referenceComplaint, context)
    if (element.text.trim() !== '' || element.children.length > 0)
      notes.error('content-src', element.at, '<content> has src and content; keep one of the two')
    if (type === undefined)
      notes.warn(
        'media-type-missing',
        element.at,
        '<content> has src and no type; add its media type',
      )
    else if (construct)
      notes.error('text-type', element.at, '<content> with src needs a media type as its type')
    else checkAttribute(element, 'type', mediaTypeComplaint, context)
    return
  }
  if (construct) return title(element, context)
  checkAttribute(element, 'type', mediaTypeComplaint, context)
  if (/^(?:multipart|message)\//i.test(type))
    notes.error('text-type', element.at, `<content> must not be of type ${show(type)}; link to it`)
  if (isXml(type)) return
  const [inner] = element.children
  if (inner)
    notes.error(
      'html-unescaped',
      inner.at,
      `<content> of type ${show(type)} must not have elements in it`,
    )
  else if (!/^text\//i.test(type) && !isBase64(element.text))
    notes.error(
      'content-base64',
      element.at,
      `<content> of type ${show(type)} must be base64; encode it`,
    )
}

/** Whether readers can show nothing of the content by themselves, so that there has to be a summary. */
export function needsSummary(element: XmlElement): boolean {
  const type = attribute(element, 'type')
  if (attribute(element, 'src') !== undefined) return true
  return type?.includes('/') === true && !/^text\//i.test(type) && !isXml(type)
}

function isBase64(text: string): boolean {
  const letters = text.replace(/\s+/g, '')
  return letters.length % 4 === 0 && /^[a-z\d+/]*={0,2}$/i.test(letters)
}

function isXml(type: string): boolean {
  return /[+/]xml(?:\s*;|$)/i.test(type)
}
