import type { Severity } from './notes.ts'

/** What a configuration says, as far as there is an opinion on it. */
export interface Settings {
  readonly publication: { readonly url: string }
  readonly newsletter?: { readonly from: string; readonly replyTo?: string }
  readonly mail: { readonly transport: string; readonly dkim?: readonly Key[] }
  readonly server: { readonly url?: string }
}

/** What signs messages. */
interface Key {
  readonly domain: string
}

export interface Advice {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  /** the key it is about, dotted */
  readonly key: string
}

/** Whose owners tell the world to refuse mail that others send in their name (DMARC p=reject or quarantine). */
const mailboxes =
  /^(?:gmail|googlemail|yahoo|ymail|aol|hotmail|outlook|live|msn|icloud|me|mac|gmx|web|proton|protonmail|mail)\.(?:com|net|de|me|ch|co\.uk|fr|es|it|ru)$/

/** What is legal in a configuration, and unwise. */
export function checkConfiguration(settings: Settings): readonly Advice[] {
  return [...addresses(settings), ...letters(settings)]
}

function addresses({ publication, server }: Settings): readonly Advice[] {
  const advice: Advice[] = []
  const url = new URL(publication.url)
  if (isLocal(url.hostname))
    advice.push(
      warn('publication.url', 'is on this machine, where no reader finds it; write the public URL'),
    )
  else if (url.protocol === 'http:')
    advice.push(
      warn('publication.url', 'is http, which browsers mark as not secure; serve it over https'),
    )
  if (server.url === undefined) return advice
  const own = new URL(server.url)
  if (own.protocol === 'http:' && !isLocal(own.hostname))
    advice.push(
      warn(
        'server.url',
        'is http, and mail programs unsubscribe over https only (RFC 8058); serve it over https',
      ),
    )
  return advice
}

function letters({ newsletter, mail, server }: Settings): readonly Advice[] {
  if (!newsletter) return []
  const advice: Advice[] = []
  const domain = /@([^@>\s]+)>?\s*$/.exec(newsletter.from)?.[1]?.toLowerCase() ?? ''
  if (server.url === undefined)
    advice.push(
      warn(
        'server.url',
        'is missing: readers can leave by mail only, and large mail providers demand one click (RFC 8058); set it',
      ),
    )
  if (mailboxes.test(domain))
    advice.push(
      warn(
        'newsletter.from',
        `is at ${domain}, which tells receivers to refuse its mail from others; use a domain of yours`,
      ),
    )
  const signed = (mail.dkim ?? []).map((key) => key.domain.toLowerCase())
  if (signed.length > 0 && !signed.some((one) => domain === one || domain.endsWith(`.${one}`)))
    advice.push(
      warn(
        'mail.dkim',
        `signs for ${signed.join(', ')} and not for ${domain} of newsletter.from, which DMARC demands; make them the same`,
      ),
    )
  const transport = URL.parse(mail.transport)
  const relay = transport?.protocol.startsWith('smtp') === true ? transport : undefined
  if (relay?.searchParams.get('tls') === 'optional' && !isLocal(relay.hostname))
    advice.push(
      warn(
        'mail.transport',
        'may send passwords and addresses in the clear (tls=optional); leave that out',
      ),
    )
  return advice
}

function isLocal(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0)$|\.(?:localhost|local)$/.test(host)
}

function warn(key: string, what: string): Advice {
  return {
    code: `config-${key.replace('.', '-').toLowerCase()}`,
    severity: 'warning',
    message: `${key} ${what}`,
    key,
  }
}
