import type { JsonNode } from './json-tree.ts'
import {
  amount,
  boolean,
  checkMembers,
  date,
  html,
  type JsonCheck,
  language,
  list,
  type Members,
  mediaType,
  plain,
  requireMembers,
  string,
  text,
  url,
} from './json-values.ts'
import { sameUrl } from './links.ts'
import { show } from './notes.ts'
import { type Context, complain } from './rules.ts'

const versions = ['https://jsonfeed.org/version/1.1', 'https://jsonfeed.org/version/1']

const author: JsonCheck = (node, what, context) => {
  const found = checkMembers(node, what, { name: plain, url, avatar: url }, context)
  if (node.kind === 'object' && !['name', 'url', 'avatar'].some((name) => found.has(name)))
    context.notes.error(
      'member-missing',
      node.at,
      `${what} has neither name, url nor avatar; add one`,
    )
}

const attachment: JsonCheck = (node, what, context) => {
  const members = {
    ...{ url, mime_type: mediaType, title: plain },
    ...{ size_in_bytes: amount, duration_in_seconds: amount },
  }
  checkMembers(node, what, members, context)
  requireMembers(node, what, ['url', 'mime_type'], context)
}

const hub: JsonCheck = (node, what, context) => {
  checkMembers(node, what, { type: string, url }, context)
  requireMembers(node, what, ['type', 'url'], context)
}

const id: JsonCheck = (node, what, { notes }) => {
  if (node.kind !== 'string')
    notes.error('json-type', node.at, `${what} is a ${node.kind}; write a string, in quotes`)
  else if (node.value.trim() === '')
    notes.error('id-invalid', node.at, `${what} is empty; write a permanent, unique name`)
}

const version: JsonCheck = (node, what, { notes }) => {
  if (node.kind === 'string' && versions.includes(node.value)) return
  const said = node.kind === 'string' ? show(node.value) : `a ${node.kind}`
  notes.error('version-unknown', node.at, `${what} is ${said}; write ${versions[0]}`)
}

const itemMembers: Members = {
  ...{ id, url, external_url: url, title: plain, content_html: html, content_text: text },
  ...{ summary: plain, image: url, banner_image: url, date_published: date, date_modified: date },
  ...{ author, authors: list(author), tags: list(string), language, attachments: list(attachment) },
}

const feedMembers: Members = {
  ...{ version, title: plain, home_page_url: url, feed_url: url, description: plain },
  ...{
    user_comment: string,
    next_url: url,
    icon: url,
    favicon: url,
    author,
    authors: list(author),
  },
  // The items are looked at one by one, since each has an identity that notes carry.
  ...{ language, expired: boolean, hubs: list(hub), items: list(() => undefined) },
}

/** The rules of JSON Feed 1.1 and 1 (https://www.jsonfeed.org/version/1.1/). */
export function checkJsonFeed(root: JsonNode, context: Context): void {
  const { notes } = context
  const found = checkMembers(root, 'the feed', feedMembers, context)
  requireMembers(root, 'the feed', ['version', 'title', 'items'], context)
  checkAddresses(root, found, context)
  checkVersion(found, context)
  const items = found.get('items')
  if (items?.kind !== 'array') return
  const seen = new Map<string, number>()
  for (const [index, item] of items.items.entries()) {
    const known = idOf(item)
    const inItem = { ...context, notes: notes.about({ item: known ?? '' }) }
    checkItem(item, `items[${index}]`, inItem)
    if (known === undefined) continue
    const before = seen.get(known)
    if (before !== undefined) {
      const message = `id ${show(known)} is that of items[${before}] already; give each its own`
      inItem.notes.error('id-duplicate', item.at, message)
    } else seen.set(known, index)
  }
}

function checkItem(item: JsonNode, what: string, context: Context) {
  const { notes } = context
  const found = checkMembers(item, what, itemMembers, context)
  if (item.kind !== 'object') return
  requireMembers(item, what, ['id'], context)
  if (!found.has('content_html') && !found.has('content_text')) {
    const message = `${what} has neither content_html nor content_text; add one`
    notes.error('content-missing', item.at, message, { field: 'content' })
  }
  const [published, modified] = ['date_published', 'date_modified'].map((name) => found.get(name))
  if (published?.kind === 'string' && modified?.kind === 'string') {
    if (Date.parse(modified.value) < Date.parse(published.value)) {
      const message = 'date_modified is before date_published; mend one of the two'
      notes.warn('date-order', modified.at, message, { field: 'updated' })
    }
  }
}

function checkAddresses(
  root: JsonNode,
  found: ReadonlyMap<string, JsonNode>,
  { notes, url: place }: Context,
) {
  if (root.kind !== 'object') return
  const [own, next] = [found.get('feed_url'), found.get('next_url')]
  if (!own) notes.warn('self-missing', root.at, 'the feed does not say where it is: add feed_url')
  if (!found.has('home_page_url'))
    notes.warn('member-missing', root.at, 'the feed has no home_page_url; add one', {
      field: 'link',
    })
  if (own?.kind === 'string' && place !== undefined && !sameUrl(own.value, place)) {
    const message = `is not where the document is, ${place}; make them the same`
    const complaint = { code: 'self-mismatch', severity: 'warning', message } as const
    complain({ notes }, 'feed_url', { value: own.value, offset: own.at }, complaint)
  }
  const here = own?.kind === 'string' ? own.value : place
  if (next?.kind === 'string' && here !== undefined && sameUrl(next.value, here))
    notes.error(
      'history-circle',
      next.at,
      'next_url leads to the feed itself; readers would go in circles',
    )
}

/** Members of version 1.1 in a feed that says it is of version 1. */
function checkVersion(found: ReadonlyMap<string, JsonNode>, { notes }: Context) {
  const said = found.get('version')
  if (said?.kind !== 'string' || said.value !== versions[1]) return
  for (const name of ['authors', 'language']) {
    const node = found.get(name)
    if (!node) continue
    const message = `${name} is of version 1.1; write ${versions[0]} as the version`
    notes.warn('version-obsolete', node.at, message)
  }
}

function idOf(item: JsonNode): string | undefined {
  if (item.kind !== 'object') return undefined
  const node = item.members.find(({ name }) => name === 'id')?.node
  return node?.kind === 'string' ? node.value : undefined
}
