import { type Complaint, type DateFormat, dateComplaints } from './dates.ts'
import { checkHtml, htmlInText } from './html.ts'
import { show } from './notes.ts'
import { rawOffsets } from './raw-offsets.ts'
import { type Check, type Context, complain } from './rules.ts'
import type { XmlElement } from './xml-tree.ts'

/** The text of an element by a rule for values. White space around it is not part of it. */
export const value =
  (rule: (value: string) => Complaint | undefined): Check =>
  (element, context) => {
    checkPlain(element, context)
    const text = element.text.trim()
    complain(context, `<${element.name}>`, { value: text, offset: element.at }, rule(text))
  }

/** Text without elements in it that is not empty. */
export const text: Check = (element, context) => {
  checkPlain(element, context)
  if (element.text.trim() === '')
    context.notes.warn(
      'element-empty',
      element.at,
      `<${element.name}> is empty; fill it or remove it`,
    )
}

/** Text that a reader shows as it is. */
export const plain: Check = (element, context) => {
  text(element, context)
  notePlain(`<${element.name}>`, element.text, element.at, context)
}

/** What looks like HTML in a text that is none. */
export function notePlain(
  what: string,
  value: string,
  offset: number,
  { notes }: Pick<Context, 'notes'>,
): void {
  const html = htmlInText(value)
  if (html === undefined) return
  const remedy = 'some readers show it as it is, others take it for markup; write plain text'
  notes.warn('html-in-text', offset, `${what} has ${show(html)} in it: ${remedy}`, {
    subject: html,
  })
}

export const date =
  (format: DateFormat): Check =>
  (element, context) => {
    checkPlain(element, context)
    const value = format === 'rfc822' ? element.text.trim() : element.text
    const place = { value, offset: element.at }
    for (const complaint of dateComplaints(value, format, context.now))
      complain(context, `<${element.name}>`, place, complaint)
  }

/** HTML, escaped or in CDATA. */
export const html: Check = (element, context) => {
  checkPlain(element, context)
  const at = rawOffsets(context.text, element.contentAt)
  checkHtml(element.text, { notes: context.notes, at, hasBase: context.hasBase ?? false })
}

function checkPlain(element: XmlElement, { notes }: Context) {
  const [inner] = element.children
  if (!inner) return
  const remedy = 'escape its markup, or put it into CDATA'
  notes.error(
    'element-unexpected',
    inner.at,
    `<${element.name}> has <${inner.name}> in it; ${remedy}`,
  )
}
