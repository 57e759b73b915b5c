import { createHmac } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { readFeedReader } from '../statistics/feed-reader.ts'
import { addToSketch, emptySketch, type Sketch } from '../statistics/sketch.ts'
import type { Statistics } from '../store/statistics.ts'
import type { AnswerFile, Asked, FileAnswer } from './answer-file.ts'
import type { ClientAddress } from './client-address.ts'
import type { OutFile } from './out-file.ts'

export interface Audience {
  /** Answers as before, and counts who asked for a feed and got it. */
  watch(answerFile: AnswerFile): AnswerFile
  /** Writes down what was seen since the last time. */
  flush(): Promise<void>
  /** Writes down the rest. */
  close(): Promise<void>
}

export interface AudienceTerms {
  readonly statistics: Pick<Statistics, 'salt' | 'addSightings'>
  readonly clientAddress: ClientAddress
  readonly clock: () => Date
  readonly log: (line: string) => void
}

/** How often it is written down, in milliseconds. */
const interval = 60_000

/** Names that are remembered at once: anybody can make some up. */
const mostNames = 200

/** All feeds together. */
const all = '*'

interface Day {
  readonly day: string
  readonly salt: Promise<string>
  /** by path and name */
  readonly aggregators: Map<string, { path: string; name: string; subscribers: number }>
  readonly sketches: Map<string, Sketch>
}

/**
 * Counts the audience of the feeds: what aggregators say of themselves, and how many others read, of whom nothing is
 * kept but a hash with the salt of the day in a sketch that cannot be asked for anybody. A request is not written; a minute
 * of them is.
 */
export function feedAudience({ statistics, clientAddress, clock, log }: AudienceTerms): Audience {
  let today: Day | undefined
  let writing: Promise<void> = Promise.resolve()
  const timer = setInterval(() => void flush(), interval)
  timer.unref()
  // The salt of a day on which the server ended goes now
  dayOf(clock())

  function dayOf(now: Date): Day {
    const day = now.toISOString().slice(0, 10)
    if (today?.day === day) return today
    // What the last day was counted with is deleted when this day's salt is asked for
    const before = today ? write(today) : writing
    const salt = before.then(() => statistics.salt(day))
    const made: Day = { day, salt, aggregators: new Map(), sketches: new Map() }
    // Out of reach: asked for again by the next request
    salt.catch(() => {
      if (today === made) today = undefined
    })
    today = made
    return made
  }

  async function see(asked: Asked, path: string): Promise<void> {
    const userAgent = asked.header('user-agent') ?? ''
    const reader = readFeedReader(userAgent)
    if (reader.kind === 'other') return
    const day = dayOf(clock())
    if (reader.kind === 'aggregator') {
      const { name, subscribers } = reader
      const key = `${path}\n${name}`
      if (day.aggregators.size < mostNames || day.aggregators.has(key)) {
        day.aggregators.set(key, { path, name, subscribers })
      }
      return
    }
    const address = clientAddress(asked.peer, (name) => asked.header(name))
    if (address === '') return
    const who = `${networkOf(address)}\n${userAgent}`
    const hash = createHmac('sha256', await day.salt)
      .update(who)
      .digest()
    for (const place of [path, all]) {
      const sketch = day.sketches.get(place) ?? emptySketch()
      addToSketch(sketch, hash)
      day.sketches.set(place, sketch)
    }
  }

  function write(day: Day): Promise<void> {
    const aggregators = [...day.aggregators.values()]
    const readers = [...day.sketches].map(([path, sketch]) => ({ path, sketch }))
    day.aggregators.clear()
    day.sketches.clear()
    if (aggregators.length + readers.length === 0) return writing
    writing = writing
      .then(() => statistics.addSightings({ day: day.day, aggregators, readers }))
      .catch((error: unknown) => log(`tidings: the audience of a minute is not counted: ${error}`))
    return writing
  }

  async function flush(): Promise<void> {
    if (today) await write(today)
    dayOf(clock())
    await writing
  }

  return {
    watch: (answerFile) => (asked, file) => {
      const answer = answerFile(asked, file)
      if (asked.method !== 'GET' || !isFeed(file.name)) return answer
      const seen = (given: FileAnswer) => {
        if (given.status === 200 || given.status === 226 || given.status === 304) {
          // The salt may be out of reach, and the reader is served all the same
          see(asked, file.name).catch(() => undefined)
        }
        return given
      }
      return answer instanceof Promise ? answer.then(seen) : seen(answer)
    },
    flush,
    async close() {
      clearInterval(timer)
      await today?.salt.catch(() => undefined)
      if (today) await write(today)
      await writing
    },
  }
}

function isFeed(name: OutFile['name']): boolean {
  return /(?:^|\/)(?:rss\.xml|atom\.xml|feed\.json)$/.test(name) && !name.startsWith('archive/')
}

/** The network that one household has: in IPv6 a device changes its address within it day by day. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Math.max(0, 8 - groups.length - rest.length)
  return [...groups, ...Array.from({ length: zeros }, () => '0'), ...rest].slice(0, 4).join(':')
}
