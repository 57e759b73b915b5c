import { domainToASCII } from 'node:url'
import { Fault } from '../model/fault.ts'

/** Where and how to reach a relay. */
export interface Relay {
  readonly host: string
  readonly port: number
  readonly user?: string
  readonly password?: string
  /**
   * - `implicit`: TLS from the first byte, verified
   * - `required`: STARTTLS, verified, or nothing
   * - `optional`: STARTTLS where offered, unverified, since plain text would do as well
   */
  readonly tls: 'implicit' | 'required' | 'optional'
  /** for messages: without user and password */
  readonly shown: string
}

const form = 'smtp://user:password@host:587 or smtps://user:password@host:465'

/**
 * Reads `smtp://` and `smtps://`. Ports: 465 for smtps, 587 with a user (RFC 6409), else 25. TLS is required but on
 * loopback, or by `?tls=optional`; a password needs it everywhere but on loopback, whatever the URL says.
 *
 * @throws {Fault} 'config-invalid', never with the password in it
 */
export function readSmtpUrl(text: string): Relay {
  const url = URL.parse(text)
  if (!url || !/^smtps?:$/.test(url.protocol) || !url.hostname) {
    throw refused(`write it as ${form}; percent-encode the special characters of a password`)
  }
  if ((url.pathname !== '' && url.pathname !== '/') || url.hash) {
    throw refused(`nothing may follow host and port; write it as ${form}`)
  }
  const user = decode(url.username)
  const password = decode(url.password)
  if ((user === '') !== (password === ''))
    throw refused('a user needs a password, and a password a user')
  const host = readHost(url.hostname)
  const secure = url.protocol === 'smtps:'
  const port = Number(url.port) || (secure ? 465 : user ? 587 : 25)
  return {
    host,
    port,
    ...(user ? { user, password } : {}),
    tls: secure ? 'implicit' : readTls(url.searchParams, { host, user }),
    shown: `${url.protocol}//${host.includes(':') ? `[${host}]` : host}:${port}`,
  }
}

function readTls(query: URLSearchParams, { host, user }: { host: string; user: string }) {
  const unknown = [...query.keys()].find((key) => key !== 'tls')
  if (unknown !== undefined) throw refused(`it knows no '${unknown}', only ?tls=optional`)
  const wish = query.get('tls') ?? (isLoopback(host) ? 'optional' : 'required')
  if (wish !== 'optional' && wish !== 'required') throw refused('?tls= is optional or required')
  return wish === 'optional' && (user === '' || isLoopback(host)) ? 'optional' : 'required'
}

function readHost(hostname: string): string {
  const host = /[^ -~]|%/.test(hostname) ? domainToASCII(decode(hostname)) : hostname.toLowerCase()
  if (host === '') throw refused('the host is not a host name')
  return host.replace(/^\[|\]$/g, '')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw refused('a % in user or password is written %25')
  }
}

function refused(reason: string): Fault {
  return new Fault('config-invalid', `mail.transport: ${reason}`)
}
