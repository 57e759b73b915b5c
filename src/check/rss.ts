import type { Complaint } from './dates.ts'
import { extensions } from './extensions.ts'
import { checkHistory } from './history.ts'
import { checkSelf } from './links.ts'
import { checkNamespaces } from './namespaces.ts'
import { checkItem, checkTwice } from './rss-item.ts'
import { checkImageMatches, cloud, image, skipDays, skipHours, textInput } from './rss-parts.ts'
import {
  attribute,
  type Context,
  checkAttributes,
  checkChildren,
  child,
  requireChildren,
  type Vocabulary,
} from './rules.ts'
import { date, html, plain, text, value } from './text-rules.ts'
import { integerComplaint, languageComplaint, linkComplaint, mailboxComplaint } from './values.ts'
import type { XmlElement } from './xml-tree.ts'

const ttl = (given: string): Complaint | undefined =>
  integerComplaint(given, 1, Number.MAX_SAFE_INTEGER)

const channel: Vocabulary = {
  category: { many: true, attributes: ['domain'], check: plain },
  cloud: {
    attributes: ['domain', 'port', 'path', 'registerProcedure', 'protocol'],
    check: cloud,
  },
  copyright: { check: plain },
  description: { check: html },
  docs: { check: value(linkComplaint) },
  generator: { check: text },
  image: { check: image },
  item: { many: true },
  language: { check: value(languageComplaint) },
  lastBuildDate: { check: date('rfc822') },
  link: { check: value(linkComplaint) },
  managingEditor: { check: value(mailboxComplaint) },
  pubDate: { check: date('rfc822') },
  rating: { check: text },
  skipDays: { check: skipDays },
  skipHours: { check: skipHours },
  textInput: { check: textInput },
  title: { check: plain },
  ttl: { check: value(ttl) },
  webMaster: { check: value(mailboxComplaint) },
}

/** The rules of RSS 2.0 and of the RSS Advisory Board's profile. */
export function checkRss(root: XmlElement, context: Context): void {
  const { notes } = context
  checkVersion(root, context)
  checkNamespaces(root, notes)
  checkAttributes(root, ['version'], context)
  const rules = { core: '', vocabulary: { channel: {} }, extensions: {} }
  checkChildren(root, rules, context)
  const found = child(root, 'channel')
  if (!found) {
    notes.error(
      'element-missing',
      root.at,
      '<rss> has no <channel>; put title, link and items into one',
    )
    return
  }
  checkChannel(found, context)
}

function checkVersion(root: XmlElement, { notes }: Context) {
  const version = attribute(root, 'version')
  if (version === '2.0') return
  const say = version === undefined ? 'has no version' : `has version '${version.slice(0, 20)}'`
  if (/^0\.9[0-4]$/.test(version ?? ''))
    notes.warn('version-obsolete', root.at, `the feed ${say}; say version="2.0", which contains it`)
  else notes.error('version-unknown', root.at, `<rss> ${say}; write version="2.0"`)
}

function checkChannel(found: XmlElement, context: Context) {
  const { notes } = context
  const items = found.children.filter(({ local, uri }) => local === 'item' && uri === '')
  checkAttributes(found, [], context)
  checkChildren(found, { core: '', vocabulary: channel, extensions }, context)
  requireChildren(found, ['title', 'link', 'description'], context)
  checkTwice(found, context)
  checkImageMatches(found, (at, message) => notes.warn('image-mismatch', at, message))
  checkSelf(found, 'atom:link', context)
  checkHistory(found, items, context)
  const firstItem = items[0]?.at ?? Number.POSITIVE_INFINITY
  const late = found.children.find(
    ({ local, uri, at }) => uri === '' && local !== 'item' && at > firstItem,
  )
  if (late) {
    const message = `<${late.name}> comes after an item; put the items last, since readers stop early`
    notes.warn('item-misplaced', late.at, message)
  }
  const seen = new Map<string, XmlElement>()
  for (const item of items) checkItem(item, seen, context)
}
