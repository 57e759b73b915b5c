import { linksOf, relationOf, sameUrl } from './links.ts'
import { history } from './namespaces.ts'
import { attribute, type Context } from './rules.ts'
import type { XmlElement } from './xml-tree.ts'

const paging = new Set(['first', 'last', 'next', 'previous', 'prev-archive', 'next-archive'])
const archiving = new Set(['prev-archive', 'next-archive', 'current'])

/**
 * Complete, paged and archived feeds (RFC 5005).
 *
 * @param feed the element that holds the feed's links: `feed` or `channel`
 * @param items its entries or items
 */
export function checkHistory(
  feed: XmlElement,
  items: readonly XmlElement[],
  { notes, url }: Context,
): void {
  const mark = (local: string) =>
    feed.children.find((child) => child.uri === history && child.local === local)
  const [complete, archive] = [mark('complete'), mark('archive')]
  const links = linksOf(feed)
  const byRelation = (name: string) => links.find((link) => relationOf(link) === name)
  if (complete && archive)
    notes.error(
      'history-contradiction',
      archive.at,
      'the feed is both complete and an archive; keep one mark',
    )
  for (const element of [complete, archive]) {
    if (element && (element.text.trim() !== '' || element.children.length > 0))
      notes.error('history-mark', element.at, `<${element.name}> has content; it must be empty`)
  }
  if (complete) {
    for (const link of links.filter((one) => paging.has(relationOf(one)))) {
      const message = `a complete feed has no other documents; remove the link ${relationOf(link)}`
      notes.error('history-complete', link.at, message)
    }
  }
  if (archive && !byRelation('current')) {
    const remedy = 'add a link with rel="current" to the feed that people subscribe to'
    notes.warn(
      'history-current',
      archive.at,
      `the archive does not say what it is one of: ${remedy}`,
    )
  }
  const own = url ?? hrefOf(byRelation('self'))
  for (const link of links.filter((one) => /^(?:next|prev)/.test(relationOf(one)))) {
    const href = URL.parse(hrefOf(link) ?? '', own)?.href
    if (own !== undefined && href !== undefined && sameUrl(href, own)) {
      const message = `the link ${relationOf(link)} leads to the document itself; readers would go in circles`
      notes.error('history-circle', link.at, message)
    }
  }
  for (const item of items) {
    for (const link of linksOf(item).filter((one) => archiving.has(relationOf(one)))) {
      const message = `rel="${relationOf(link)}" belongs to the feed, not to an item; move it there`
      notes.warn('history-misplaced', link.at, message)
    }
    const stray = item.children.find(({ uri }) => uri === history)
    if (stray) {
      const message = `<${stray.name}> belongs to the feed, not to an item; move it there`
      notes.error('history-misplaced', stray.at, message)
    }
  }
}

function hrefOf(link: XmlElement | undefined): string | undefined {
  return link && attribute(link, 'href')
}
