import { createHmac } from 'node:crypto'
import { readFeedReader } from '../statistics/feed-reader.ts'
import { addToSketch, emptySketch, type Sketch } from '../statistics/sketch.ts'
import type { Statistics } from '../store/statistics.ts'
import type { AnswerFile, Asked, FileAnswer } from './answer-file.ts'
import type { ClientAddress } from './client-address.ts'
import { networksOf } from './networks.ts'
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

/** Names that are written down on one day, for all feeds together: anybody can make some up. */
const mostNames = 1000

/** All feeds together. */
const all = '*'

interface Day {
  readonly day: string
  readonly salt: Promise<string>
  /** by path and name */
  readonly aggregators: Map<string, { path: string; name: string; subscribers: number }>
  readonly sketches: Map<string, Sketch>
  /** the keys of all aggregators of the day */
  readonly names: Set<string>
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
    const made: Day = { day, salt, aggregators: new Map(), sketches: new Map(), names: new Set() }
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
      if (day.names.size >= mostNames && !day.names.has(key)) return
      day.names.add(key)
      day.aggregators.set(key, { path, name, subscribers })
      return
    }
    const address = clientAddress(asked.peer, (name) => asked.header(name))
    if (address === '') return
    // In IPv6 a device changes its address within the network of its household day by day
    const who = `${networksOf(address)?.client ?? address}\n${userAgent}`
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
