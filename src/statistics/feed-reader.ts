/** What a request for a feed says of who reads it. */
export type FeedReader =
  /** one program that fetches for many, and says for how many */
  | { readonly kind: 'aggregator'; readonly name: string; readonly subscribers: number }
  /** somebody's own program */
  | { readonly kind: 'reader' }
  /** nobody who reads: a search engine, a monitor, a script */
  | { readonly kind: 'other' }

/** Aggregators by what stands in their User-Agent, and what they are called. */
const known: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/feedly/i, 'Feedly'],
  [/inoreader/i, 'Inoreader'],
  [/newsblur/i, 'NewsBlur'],
  [/theoldreader/i, 'The Old Reader'],
  [/feedbin/i, 'Feedbin'],
  [/bazqux/i, 'BazQux'],
  [/bloglovin/i, 'Bloglovin'],
  [/feedspot/i, 'Feedspot'],
  [/netvibes/i, 'Netvibes'],
  [/newsify/i, 'Newsify'],
  [/overcast/i, 'Overcast'],
  [/g2reader/i, 'G2Reader'],
  [/feedfetcher-google/i, 'Google Feedfetcher'],
]

const counts = [
  /\b(\d{1,9})\s+(?:feed\s+)?(?:subscribers?|readers?|followers?)\b/i,
  /\b(?:subscribers?|readers?)\s*[:=]\s*(\d{1,9})\b/i,
]

/** More than that nobody has: a mistake, or a joke. */
const mostSubscribers = 50_000_000

const browsers = /^(?:mozilla|applewebkit|khtml|gecko|chrome|safari|version|firefox|compatible)$/i

const others =
  /bot\b|bot[/;_-]|crawl|spider|slurp|monitor|uptime|pingdom|statuscake|health|probe|scan|validator|preview|archiver|facebookexternalhit|curl\/|wget\/|python|libwww|java\/|go-http-client|okhttp|axios|node-fetch|undici|^node$|headless|lighthouse|tidings/i

/** Reads a User-Agent, which anybody can write as they like. */
export function readFeedReader(userAgent: string): FeedReader {
  const text = userAgent.slice(0, 500)
  const [, digits] = counts.map((pattern) => pattern.exec(text)).find((match) => match) ?? []
  const subscribers = Number(digits ?? Number.NaN)
  if (subscribers <= mostSubscribers) {
    return { kind: 'aggregator', name: nameOf(text), subscribers }
  }
  if (text.trim() === '' || others.test(text)) return { kind: 'other' }
  // One that fetches for many and does not say for how many is not one reader
  return known.some(([pattern]) => pattern.test(text)) ? { kind: 'other' } : { kind: 'reader' }
}

function nameOf(text: string): string {
  const found = known.find(([pattern]) => pattern.test(text))?.[1]
  if (found) return found
  const products = [...text.matchAll(/([A-Za-z][\w.-]*)\/\d/g)].map(([, name = '']) => name)
  const product = products.find((name) => !browsers.test(name))
  const plain = (product ?? text).replace(/[^A-Za-z0-9 ._-].*$/s, '').trim()
  return plain.slice(0, 30).trim() || 'unnamed'
}
