import {
  editionPolicy,
  encodePath,
  exposed,
  freshly,
  mediaAge,
  openedType,
  opens,
  pagePolicy,
} from '../hosting/site-rules.ts'
import { type Accepted, acceptedCodings, type Coding } from './codings.ts'
import { compressQuickly } from './compress.ts'
import {
  isSameRange,
  isUnmodified,
  type Range,
  readRange,
  readTags,
  wantsDelta,
} from './conditions.ts'
import { isFeed } from './media-types.ts'
import type { OutFile } from './out-file.ts'

export interface Asked {
  readonly method: string
  /** @param name in lower case */
  header(name: string): string | undefined
  /** the address at the other end of the connection, while there is one */
  readonly peer?: string | undefined
}

export interface FileAnswer {
  readonly status: 200 | 206 | 226 | 304 | 416
  readonly headers: Readonly<Record<string, string>>
  /** a range: to be read from the file */
  readonly body: Uint8Array | Range | undefined
}

/** How a file travels. */
type Form = Coding | 'identity'
type Head = Readonly<Record<string, string>>

/** Answers with a file. No promise where all that it takes is in memory. */
export type AnswerFile = (asked: Asked, file: OutFile) => FileAnswer | Promise<FileAnswer>

export interface FileTerms {
  /** where out/ is published: ends with `/` */
  readonly url: string
  /** WebSub hubs of the feeds */
  readonly hubs: readonly string[]
  readonly clock: () => Date
}

/**
 * Answers a GET or HEAD for a file: with the whole, compressed as its asker likes it best; 304 to who has it, whichever
 * form of it that is (RFC 9110 §13.2.2); one range of it (§14.2); or what is new in a feed (RFC 3229).
 */
export function fileAnswers(terms: FileTerms): AnswerFile {
  const heads = new WeakMap<OutFile, Map<Form, Head>>()
  const wholes = new WeakMap<Head, FileAnswer>()
  const unmodifieds = new WeakMap<Head, FileAnswer>()
  const headOf = (file: OutFile, form: Form): Head => {
    const now = terms.clock()
    // Its date is another one the next second
    if (file.modified * 1000 > now.getTime()) return headersOf(file, form, terms, now)
    const known = heads.get(file) ?? new Map<Form, Head>()
    const head = known.get(form) ?? headersOf(file, form, terms, now)
    known.set(form, head)
    heads.set(file, known)
    return head
  }
  const notModified = (head: Head) =>
    remember(unmodifieds, head, () => {
      const { 'Content-Type': _, 'Content-Encoding': __, ...headers } = head
      return { status: 304, headers, body: undefined }
    })

  return (asked, file) => {
    const answer = answerFor(asked, file)
    if (!isOpened(asked, file)) return answer
    return answer instanceof Promise ? answer.then(asOpened) : asOpened(answer)
  }

  function answerFor(asked: Asked, file: OutFile): FileAnswer | Promise<FileAnswer> {
    const accepted: Accepted = file.encode
      ? acceptedCodings(asked.header('accept-encoding'))
      : ['identity']
    const had = asked.header('if-none-match')
    const tags = had === undefined ? [] : readTags(had)
    const same = accepted.find((coding) => tags.includes(tagOf(file, coding)))
    if (same) return notModified(headOf(file, same))

    const answer = (form: Form, bytes: Uint8Array | undefined): FileAnswer => {
      const head = headOf(file, form)
      const isFresh =
        had === undefined
          ? isUnmodified(asked.header('if-modified-since'), secondsOf(head))
          : tags.includes('*')
      if (isFresh) return notModified(head)
      return remember(wholes, head, () => {
        const length = bytes ? bytes.length : file.size
        const body = bytes ?? (length > 0 ? { start: 0, end: length - 1 } : undefined)
        return { status: 200, headers: { ...head, 'Content-Length': String(length) }, body }
      })
    }

    const range = asked.method === 'GET' ? asked.header('range') : undefined
    if (range !== undefined) {
      const whole = answer('identity', file.bytes)
      return whole.status === 200 ? answerRange(asked, file, whole, range) : whole
    }
    if (file.delta && tags.length > 0 && wantsDelta(asked.header('a-im'))) {
      const delta = file.delta(tags.map(withoutCoding))
      if (delta !== undefined && delta.length < file.size) {
        const [coding = 'identity'] = accepted
        return answerDelta(headOf(file, coding), delta, { base: tags, coding })
      }
    }
    const [coding = 'identity'] = accepted
    const encoded = coding === 'identity' ? undefined : file.encode?.(coding)
    const withBytes = (bytes: Uint8Array | undefined) =>
      bytes ? answer(coding, bytes) : answer('identity', file.bytes)
    return encoded instanceof Promise ? encoded.then(withBytes) : withBytes(encoded)
  }
}

const opensHeader = opens.header.toLowerCase()

/** Whether somebody is to look at a feed, not a program. */
function isOpened(asked: Asked, { name }: OutFile): boolean {
  return isXmlFeed(name) && asked.header(opensHeader) === opens.value
}

function asOpened(answer: FileAnswer): FileAnswer {
  if (answer.headers['Content-Type'] === undefined) return answer
  const headers = { ...answer.headers, 'Content-Type': `${openedType}; charset=utf-8` }
  return { ...answer, headers }
}

function isXmlFeed(name: string): boolean {
  return isFeed(name) && name.endsWith('.xml')
}

/** Each form has a tag of its own, since its bytes are others. */
function tagOf({ tag }: OutFile, form: Form): string {
  return form === 'identity' ? tag : `${tag}-${form}`
}

function remember(
  known: WeakMap<Head, FileAnswer>,
  head: Head,
  make: () => FileAnswer,
): FileAnswer {
  const answer = known.get(head) ?? make()
  known.set(head, answer)
  return answer
}

function withoutCoding(tag: string): string {
  return tag.replace(/-(?:br|zstd|gzip)$/, '')
}

function headersOf(file: OutFile, form: Form, { url, hubs }: FileTerms, now: Date): Head {
  const { name, type, encode } = file
  const isMedia = /^(?:image|audio|video)\//.test(type)
  return {
    'Content-Type': type,
    ...(form !== 'identity' && { 'Content-Encoding': form }),
    'Cache-Control': isMedia ? mediaAge : freshly,
    ETag: `"${tagOf(file, form)}"`,
    ...datesOf(file, now),
    ...varyOf(encode !== undefined, isXmlFeed(name)),
    'Accept-Ranges': 'bytes',
    ...(isFeed(name) && { Link: linksOf(name, url, hubs) }),
    ...((isFeed(name) || name.endsWith('.opml')) && {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': exposed,
    }),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Content-Security-Policy': isMessage(name) ? editionPolicy : pagePolicy,
  }
}

/** What of a request the answer depends on. */
function varyOf(isEncoded: boolean, isXmlFeed: boolean): Head {
  const names = [...(isEncoded ? ['Accept-Encoding'] : []), ...(isXmlFeed ? [opens.header] : [])]
  return names.length > 0 ? { Vary: names.join(', ') } : {}
}

/** An edition's web copy, not the list of editions. */
function isMessage(name: string): boolean {
  return /^editions\/[^/]+\/[^/]+\.html$/.test(name)
}

/** Where the feed is at home, and who pushes it (WebSub §4). */
function linksOf(name: string, url: string, hubs: readonly string[]): string {
  const own = new URL(encodePath(name), url).href
  const links = [`<${own}>; rel="self"`]
  // Archive documents are not pushed
  if (!name.startsWith('archive/')) links.push(...hubs.map((hub) => `<${hub}>; rel="hub"`))
  return links.join(', ')
}

/** How far a date may lie ahead of the clock before it counts as wrong, in seconds. */
const mostAhead = 60

/**
 * Builds in quick succession give dates a moment ahead of the clock; no answer is dated before what it carries (RFC 9110
 * §8.8.2.1).
 */
function datesOf({ modified }: OutFile, now: Date): Head {
  const seconds = Math.floor(now.getTime() / 1000)
  const isAhead = modified > seconds
  const date = httpDate(isAhead && modified - seconds > mostAhead ? seconds : modified)
  return isAhead ? { 'Last-Modified': date, Date: date } : { 'Last-Modified': date }
}

function httpDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString()
}

function secondsOf({ 'Last-Modified': date = '' }: Head): number {
  return Date.parse(date) / 1000
}

function answerRange(asked: Asked, file: OutFile, whole: FileAnswer, header: string): FileAnswer {
  const { headers } = whole
  const { tag, size, bytes } = file
  const lastModified = headers['Last-Modified'] ?? ''
  const range = isSameRange(asked.header('if-range'), { tag, lastModified })
    ? readRange(header, size)
    : undefined
  if (range === undefined) return whole
  if (range === 'none') {
    const unsatisfied = { 'Content-Range': `bytes */${size}`, 'Content-Length': '0' }
    return { status: 416, headers: { ...headers, ...unsatisfied }, body: undefined }
  }
  const { start, end } = range
  const part = {
    'Content-Range': `bytes ${start}-${end}/${size}`,
    'Content-Length': String(end - start + 1),
  }
  return {
    status: 206,
    headers: { ...headers, ...part },
    body: bytes ? bytes.subarray(start, end + 1) : range,
  }
}

/** Not for caches that do not know what it is: to them it would be the whole feed (RFC 3229 §10.8.1). */
async function answerDelta(
  headers: Head,
  delta: string,
  { base, coding }: { readonly base: readonly string[]; readonly coding: Form },
): Promise<FileAnswer> {
  const plain = Buffer.from(delta)
  const body = coding === 'identity' ? plain : await compressQuickly(coding, plain)
  const { 'Accept-Ranges': _, ...rest } = headers
  return {
    status: 226,
    headers: {
      ...rest,
      IM: 'feed',
      ...(base.length === 1 && { 'Delta-Base': `"${base[0]}"` }),
      'Cache-Control': 'no-store, im',
      Vary: 'Accept-Encoding, A-IM, If-None-Match',
      'Content-Length': String(body.length),
    },
    body,
  }
}
