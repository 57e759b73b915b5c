import type { Feed } from '../model/feed.ts'
import { element } from './xml.ts'

export const historyNamespace = 'xmlns:fh="http://purl.org/syndication/history/1.0"'

/**
 * Where else a feed is heard of, in RSS and in Atom alike: the hubs that push it (WebSub §4), and its neighbours in
 * history (RFC 5005 §4).
 *
 * @param name of the link element, with its prefix
 */
export function relationElements(
  { hubs = [], history = {} }: Feed,
  format: 'rss' | 'atom',
  name: string,
): readonly string[] {
  const type = `application/${format}+xml`
  const neighbours = {
    current: history.current,
    'prev-archive': history.previous,
    'next-archive': history.next,
  }
  return [
    ...hubs.map((href) => element(name, { rel: 'hub', href })),
    ...Object.entries(neighbours).flatMap(([rel, urls]) =>
      urls ? [element(name, { rel, type, href: urls[format] })] : [],
    ),
    ...(history.complete ? [element('fh:complete', {})] : []),
    ...(history.archive ? [element('fh:archive', {})] : []),
  ]
}

/** The namespace of the marks that `relationElements` sets, where it sets one. */
export function historyNamespaces({ history }: Feed): readonly string[] {
  return history?.complete || history?.archive ? [historyNamespace] : []
}

/** Lets a browser show a document to people; it stands where the feed's folder has it, on the disk as on the web. */
export function stylesheet({ folder }: Feed): string {
  const up = '../'.repeat(folder.split('/').length - 1)
  return `<?xml-stylesheet type="text/css" href="${up}feed.css"?>`
}
