import { Fault } from '../model/fault.ts'

export interface Redirect {
  readonly status: number
  readonly to: string
}

/** A document as a server gave it. */
export interface Fetched {
  readonly bytes: Uint8Array
  readonly status: number
  /** empty when the server names none */
  readonly contentType: string
  /** in the order in which they were followed */
  readonly redirects: readonly Redirect[]
}

const mostRedirects = 5

/**
 * Gets a document over http or https.
 *
 * @param timeout for all of it, in milliseconds
 * @param most octets of the body, after decompression
 * @throws {Fault} 'unavailable' when no answer comes in time, 'usage' for what is no web address or too large
 */
export async function fetchDocument(
  address: string,
  { signal, timeout, most }: { signal: AbortSignal; timeout: number; most: number },
): Promise<Fetched> {
  const redirects: Redirect[] = []
  const patience = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
  let url = webAddress(address)
  try {
    for (;;) {
      const response = await fetch(url, {
        redirect: 'manual',
        signal: patience,
        headers: {
          accept:
            'application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5',
          'user-agent': 'tidings-check',
        },
      })
      const { status } = response
      const location = response.headers.get('location')
      if (![301, 302, 303, 307, 308].includes(status) || location === null) {
        const bytes = await readAll(response, { url, most })
        return { bytes, status, contentType: response.headers.get('content-type') ?? '', redirects }
      }
      await response.body?.cancel()
      url = webAddress(URL.parse(location, url)?.href ?? location)
      redirects.push({ status, to: url })
      if (redirects.length > mostRedirects)
        throw new Fault(
          'unavailable',
          `${address}: more than ${mostRedirects} redirects; mend the server`,
        )
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    if (signal.aborted) throw signal.reason
    const late = patience.aborted
    const reason = late ? `no answer within ${timeout / 1000} seconds` : reasonOf(cause)
    throw new Fault('unavailable', `${url}: ${reason}; check the address, or try again`, { cause })
  }
}

function webAddress(address: string): string {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Fault('usage', `${address}: not an http or https address`)
  if (url.username || url.password)
    throw new Fault('usage', `${url.origin}: give the address without user and password`)
  return url.href
}

async function readAll(
  response: Response,
  { url, most }: { url: string; most: number },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > most)
      throw new Fault(
        'usage',
        `${url}: larger than ${most / 1_000_000} MB; no reader would take it`,
      )
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** `fetch` hides the reason behind "fetch failed". */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(inner instanceof Error)) return String(inner)
  return inner.message || ('code' in inner ? String(inner.code) : inner.name)
}
