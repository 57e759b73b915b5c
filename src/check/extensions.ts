import type { Complaint } from './dates.ts'
import { link } from './links.ts'
import { atom, content, dc, history, itunes, media, podcast, slash, sy } from './namespaces.ts'
import {
  attribute,
  type Check,
  type Context,
  checkAttribute,
  type Extensions,
  type Rule,
  requireAttributes,
} from './rules.ts'
import { date, html, plain, text, value } from './text-rules.ts'
import {
  emailComplaint,
  integerComplaint,
  isUuid,
  languageComplaint,
  linkComplaint,
  mediaTypeComplaint,
} from './values.ts'
import type { XmlElement } from './xml-tree.ts'

const most = Number.MAX_SAFE_INTEGER
const whole = (least: number) => (given: string) => integerComplaint(given, least, most)
const any: Rule = { many: true }
const texts: Rule = { many: true, check: text }

/** A value that is one of a few words. */
export function oneOf(...words: readonly string[]): (given: string) => Complaint | undefined {
  const message = `is none of ${words.join(', ')}; write one of them`
  return (given) =>
    words.includes(given) ? undefined : { code: 'value-unknown', severity: 'error', message }
}

const truth = oneOf('true', 'false', 'yes', 'no', 'clean', 'explicit')

const duration = (given: string): Complaint | undefined => {
  const known = /^\d{1,6}$|^(?:\d{1,3}:)?[0-5]?\d:[0-5]\d$/.test(given)
  const message = 'is no duration; write seconds, or hours:minutes:seconds'
  return known ? undefined : { code: 'duration-invalid', severity: 'error', message }
}

const itunesImage: Check = (element, context) => {
  requireAttributes(element, ['href'], context)
  checkAttribute(element, 'href', linkComplaint, context)
  if (!/\.(?:jpe?g|png)(?:\?|$)/i.test(attribute(element, 'href') ?? '.png'))
    context.notes.warn(
      'image-format',
      element.at,
      'podcast pictures are JPEG or PNG; take one of them',
    )
}

const owner: Check = (element, context) => {
  const email = element.children.find((one) => one.uri === itunes && one.local === 'email')
  if (email) value(emailComplaint)(email, context)
}

const category: Check = (element, context) => requireAttributes(element, ['text'], context)

const obsolete: Rule = {
  check: ({ name, at }, { notes }) =>
    notes.warn('element-obsolete', at, `<${name}> is ignored by podcast directories; remove it`),
}

const podcasting = {
  author: { check: text },
  block: { check: text },
  category: { many: true, check: category },
  complete: { check: text },
  duration: { check: value(duration) },
  email: obsolete,
  episode: { check: value(whole(1)) },
  episodeType: { check: value(oneOf('full', 'trailer', 'bonus')) },
  explicit: { check: value(truth) },
  image: { check: itunesImage },
  isClosedCaptioned: { check: text },
  keywords: obsolete,
  name: obsolete,
  'new-feed-url': { check: value(linkComplaint) },
  order: obsolete,
  owner: { check: owner },
  season: { check: value(whole(1)) },
  subtitle: { check: plain },
  summary: {},
  title: { check: plain },
  type: { check: value(oneOf('episodic', 'serial')) },
}

const mediaUrl = (element: XmlElement, context: Context) =>
  checkAttribute(element, 'url', (given) => linkComplaint(given), context)

const mediaContent: Check = (element, context) => {
  mediaUrl(element, context)
  const player = element.children.some(({ local, uri }) => uri === media && local === 'player')
  if (!player) requireAttributes(element, ['url'], context)
  checkAttribute(element, 'type', mediaTypeComplaint, context)
  checkAttribute(
    element,
    'medium',
    oneOf('image', 'audio', 'video', 'document', 'executable'),
    context,
  )
  checkAttribute(element, 'expression', oneOf('sample', 'full', 'nonstop'), context)
  checkAttribute(element, 'isDefault', oneOf('true', 'false'), context)
  for (const name of ['fileSize', 'duration', 'width', 'height'])
    checkAttribute(element, name, whole(0), context)
}

const mediaImage: Check = (element, context) => {
  requireAttributes(element, ['url'], context)
  mediaUrl(element, context)
}

const group: Check = (element, context) => {
  for (const child of element.children)
    if (child.uri === media && child.local === 'content') mediaContent(child, context)
}

const dublinCore = {
  ...Object.fromEntries(
    'contributor coverage creator description format identifier publisher relation rights source subject title type'
      .split(' ')
      .map((name): [string, Rule] => [name, texts]),
  ),
  date: { many: true, check: date('w3cdtf') },
  language: { many: true, check: value(languageComplaint) },
}

/** What other vocabularies say in RSS and Atom, as far as readers take notice. */
export const extensions: Extensions = {
  [atom]: { '*': any, link: { many: true, check: link }, updated: { check: date('rfc3339') } },
  [content]: { encoded: { check: html }, items: {} },
  [dc]: dublinCore,
  [history]: { complete: {}, archive: {}, incremental: {} },
  [itunes]: podcasting,
  [media]: {
    '*': any,
    content: { many: true, check: mediaContent },
    group: { many: true, check: group },
    thumbnail: { many: true, check: mediaImage },
  },
  [podcast]: {
    '*': any,
    guid: {
      check: value((given) =>
        isUuid(given)
          ? undefined
          : { code: 'id-invalid', severity: 'error', message: 'is no UUID; make one (version 5)' },
      ),
    },
    locked: { check: value(oneOf('yes', 'no')) },
  },
  [slash]: { '*': any, comments: { check: value(whole(0)) } },
  [sy]: {
    updatePeriod: { check: value(oneOf('hourly', 'daily', 'weekly', 'monthly', 'yearly')) },
    updateFrequency: { check: value(whole(1)) },
    updateBase: { check: date('w3cdtf') },
  },
}
