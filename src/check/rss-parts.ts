import type { Complaint } from './dates.ts'
import {
  attribute,
  type Check,
  checkAttribute,
  checkChildren,
  child,
  requireAttributes,
  requireChildren,
} from './rules.ts'
import { plain, value } from './text-rules.ts'
import { integerComplaint, linkComplaint } from './values.ts'
import type { XmlElement } from './xml-tree.ts'

const hour = (given: string): Complaint | undefined => integerComplaint(given, 0, 23)
const size = (most: number) => (given: string) => integerComplaint(given, 1, most)
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

const day = (given: string): Complaint | undefined => {
  const message = 'is no day; write one of Monday to Sunday, in English'
  return days.includes(given) ? undefined : { code: 'day-invalid', severity: 'error', message }
}

/** A container of values that must not repeat. */
const list =
  (name: string, most: number, rule: (given: string) => Complaint | undefined): Check =>
  (element, context) => {
    const vocabulary = { [name]: { many: true, check: value(rule) } }
    checkChildren(element, { core: '', vocabulary, extensions: {} }, context)
    const seen = new Set<string>()
    for (const { text, at, local } of element.children) {
      if (local === name && seen.has(text.trim()))
        context.notes.warn('value-duplicate', at, `<${name}> ${text.trim()} stands twice; keep one`)
      seen.add(text.trim())
    }
    if (element.children.length > most)
      context.notes.error(
        'element-duplicate',
        element.at,
        `<${element.name}> has more than ${most}`,
      )
  }

export const skipHours = list('hour', 24, hour)
export const skipDays = list('day', 7, day)

const port = (given: string): Complaint | undefined => integerComplaint(given, 1, 65_535)

export const cloud: Check = (element, context) => {
  requireAttributes(element, ['domain', 'port', 'path', 'registerProcedure', 'protocol'], context)
  checkAttribute(element, 'port', port, context)
}

const imageUrl: Check = (element, context) => {
  value(linkComplaint)(element, context)
  const url = element.text.trim()
  if (!/\.[a-z\d]{3,5}(?:$|[?#])/i.test(url) || /\.(?:gif|jpe?g|png)(?:$|[?#])/i.test(url)) return
  const remedy = 'readers expect GIF, JPEG or PNG; take one of them'
  context.notes.warn(
    'image-format',
    element.at,
    `the picture of the channel has another format: ${remedy}`,
  )
}

/** The channel's picture: readers put it in the place of its title and link, so that it repeats them. */
export const image: Check = (element, context) => {
  const vocabulary = {
    url: { check: imageUrl },
    title: { check: plain },
    link: { check: value(linkComplaint) },
    width: { check: value(size(144)) },
    height: { check: value(size(400)) },
    description: { check: plain },
  }
  checkChildren(element, { core: '', vocabulary, extensions: {} }, context)
  requireChildren(element, ['url', 'title', 'link'], context)
}

/** Whether the picture of a channel says the same as the channel. */
export function checkImageMatches(
  channel: XmlElement,
  warn: (at: number, message: string) => void,
) {
  const picture = child(channel, 'image')
  if (!picture) return
  for (const name of ['title', 'link']) {
    const [own, other] = [child(picture, name), child(channel, name)]
    if (!own || !other || own.text.trim() === other.text.trim()) continue
    warn(own.at, `the <${name}> of the image is not that of the channel; make them the same`)
  }
}

export const textInput: Check = (element, context) => {
  const vocabulary = {
    title: { check: plain },
    description: { check: plain },
    name: { check: plain },
    link: { check: value(linkComplaint) },
  }
  checkChildren(element, { core: '', vocabulary, extensions: {} }, context)
  requireChildren(element, ['title', 'description', 'name', 'link'], context)
  context.notes.warn('element-obsolete', element.at, 'readers ignore <textInput>; remove it')
}

const http = (given: string): Complaint | undefined => {
  const complaint = linkComplaint(given)
  if (complaint || /^https?:/i.test(given)) return complaint
  return { code: 'url-scheme', severity: 'error', message: 'must begin with http:// or https://' }
}

const length = (given: string): Complaint | undefined => {
  const complaint = integerComplaint(given, 0, Number.MAX_SAFE_INTEGER)
  return complaint && given.startsWith('-')
    ? { ...complaint, message: 'is less than 0; write 0 when the length is not known' }
    : complaint
}

const mediaType = (given: string): Complaint | undefined => {
  const known = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(given)
  const message = 'is no media type; write one such as audio/mpeg'
  return known ? undefined : { code: 'media-type-invalid', severity: 'error', message }
}

/** A media file that goes with an item: all three attributes, or podcast programs skip it. */
export const enclosure: Check = (element, context) => {
  requireAttributes(element, ['url', 'length', 'type'], context)
  checkAttribute(element, 'url', http, context)
  checkAttribute(element, 'length', length, context)
  checkAttribute(element, 'type', mediaType, context)
}

export const source: Check = (element, context) => {
  requireAttributes(element, ['url'], context)
  if (attribute(element, 'url') !== undefined)
    checkAttribute(element, 'url', linkComplaint, context)
}
