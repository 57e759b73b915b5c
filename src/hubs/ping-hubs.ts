import { setTimeout as pause } from 'node:timers/promises'

/** A feed document that hubs are told about. */
export interface Topic {
  /** absolute URL, the same as its `self` link */
  readonly url: string
  /** of the document's bytes */
  readonly hash: string
}

/** What each hub was last told, by hub and topic: the hash of the document then. */
export type Told = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface PingResult {
  /** to be kept for the next time */
  readonly told: Told
  /** how many pings were taken */
  readonly pinged: number
  /** how many hubs took any */
  readonly hubs: number
  /** one a hub that did not take one, with the reason */
  readonly failures: readonly string[]
}

export interface PingTerms {
  /** milliseconds for one request */
  readonly timeout: number
  /** milliseconds before each further try; a ping is tried once more than there are entries */
  readonly pauses: readonly number[]
  readonly signal: AbortSignal
}

export const pingTerms: Omit<PingTerms, 'signal'> = { timeout: 10_000, pauses: [1_000, 4_000] }

/**
 * Tells hubs which topics have changed since they were last told (WebSub §7, publisher to hub: `hub.mode=publish`).
 * A hub that is down fails nothing: it is told the next time.
 */
export async function pingHubs(
  hubs: readonly string[],
  topics: readonly Topic[],
  before: Told,
  terms: PingTerms,
): Promise<PingResult> {
  const results = await Promise.all(
    hubs.map(async (hub) => ({ hub, ...(await pingHub(hub, topics, before[hub] ?? {}, terms)) })),
  )
  return {
    told: Object.fromEntries(results.map(({ hub, told }) => [hub, told])),
    pinged: results.reduce((sum, { pinged }) => sum + pinged, 0),
    hubs: results.filter(({ pinged }) => pinged > 0).length,
    failures: results.flatMap(({ hub, failure }) => (failure ? [`hub ${hub}: ${failure}`] : [])),
  }
}

/** So many topics refused one after the other: it takes none. */
const mostInARow = 5

/** One topic after the other, until one is not taken for a reason that is no matter of the topic. */
async function pingHub(
  hub: string,
  topics: readonly Topic[],
  before: Readonly<Record<string, string>>,
  terms: PingTerms,
): Promise<{ told: Record<string, string>; pinged: number; failure?: string }> {
  const current = new Set(topics.map(({ url }) => url))
  const told = Object.fromEntries(Object.entries(before).filter(([url]) => current.has(url)))
  const changed = topics.filter(({ url, hash }) => told[url] !== hash)
  let pinged = 0
  let failure: string | undefined
  let inARow = 0
  for (const { url, hash } of changed) {
    const refused = await ping(hub, url, terms)
    if (refused === undefined) {
      told[url] = hash
      pinged++
      inARow = 0
      continue
    }
    failure ??= refused.ofTopic ? `${refused.reason} for ${url}` : refused.reason
    if (!refused.ofTopic || ++inARow === mostInARow) break
  }
  if (failure === undefined) return { told, pinged }
  const rest = `${changed.length - pinged} of ${changed.length} pings wait for the next run`
  return { told, pinged, failure: `${failure}; ${rest}` }
}

/** @returns why the hub did not take it */
async function ping(hub: string, topic: string, terms: PingTerms): Promise<Refused | undefined> {
  for (const wait of [...terms.pauses, undefined]) {
    const answer = await post(hub, topic, terms)
    if (answer.taken) return undefined
    if (wait === undefined || !answer.again || terms.signal.aborted) return answer
    await pause(wait, undefined, { signal: terms.signal }).catch(() => undefined)
  }
  return undefined
}

interface Refused {
  readonly taken: false
  /** whether it may be taken in a while */
  readonly again: boolean
  /** whether it may take another topic */
  readonly ofTopic: boolean
  readonly reason: string
}

type Answer = { readonly taken: true } | Refused

async function post(hub: string, topic: string, { timeout, signal }: PingTerms): Promise<Answer> {
  try {
    const response = await fetch(hub, {
      method: 'POST',
      body: new URLSearchParams({ 'hub.mode': 'publish', 'hub.url': topic, 'hub.topic': topic }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      redirect: 'manual',
    })
    await response.body?.cancel()
    if (response.ok) return { taken: true }
    const { status, statusText, headers } = response
    const again = status >= 500 || status === 429
    // The hub's own address is wrong, or we are: no topic would change that
    const ofTopic =
      status >= 400 && status < 500 && ![401, 403, 404, 405, 410, 429].includes(status)
    const moved = status < 400 ? `, it has moved to ${headers.get('location') ?? 'somewhere'}` : ''
    return {
      taken: false,
      again,
      ofTopic,
      reason: `answered ${status} ${statusText}`.trim() + moved,
    }
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const reason = cause instanceof Error ? cause.message : String(cause)
    return {
      taken: false,
      again: true,
      ofTopic: false,
      reason: timedOut ? `no answer in ${timeout / 1000} s` : `out of reach: ${reason}`,
    }
  }
}
