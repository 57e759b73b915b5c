import { isIP } from 'node:net'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { Fault } from '../../model/fault.ts'
import { replyLine } from '../reply.ts'
import type { Relay } from '../smtp-url.ts'

export interface SessionTerms {
  readonly relay: Relay
  /** the name we say EHLO with */
  readonly name?: string
  /** PEM of the certificate authority to trust, in place of the system's */
  readonly ca?: string
  /** after so many messages a new connection is made */
  readonly messagesPerConnection: number
  /** how long connecting, and then authenticating, may take, milliseconds */
  readonly replyWithin: number
  /** ends what has not come as far as a message */
  readonly signal?: AbortSignal
}

/** What nodemailer reports, whatever the type of its callbacks. */
export interface Failure extends Error {
  readonly code?: string
  readonly originalCode?: string
  readonly command?: string
  readonly response?: string
}

const minute = 60_000

/**
 * Connects, encrypts and authenticates.
 *
 * @throws {Fault} 'unavailable' with what to do about it; `responseCode` of its cause is the relay's, if it said something, else
 *   its `code` is that of the connection; 'interrupted' on the signal
 */
export async function connect(terms: SessionTerms): Promise<SMTPConnection> {
  const { relay, name, ca } = terms
  const connection = new SMTPConnection({
    host: relay.host,
    port: relay.port,
    secure: relay.tls === 'implicit',
    requireTLS: relay.tls === 'required',
    opportunisticTLS: relay.tls === 'optional',
    allowInternalNetworkInterfaces: true,
    connectionTimeout: 2 * minute,
    greetingTimeout: minute,
    socketTimeout: 10 * minute, // RFC 5321 §4.5.3.2.6: the relay may take that long over the final dot
    tls: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: relay.tls !== 'optional',
      ...(isIP(relay.host) ? {} : { servername: relay.host }),
      ca,
    },
    name,
  })
  // an idle session that breaks says so here, and must not end the process
  connection.on('error', () => {})
  try {
    await inTime(connection, terms, (done) => connection.connect(done))
  } catch (error) {
    connection.close()
    throw error instanceof Fault ? error : explain(relay, error as Failure)
  }
  if (relay.user !== undefined) await login(connection, terms)
  return connection
}

/** Waits for what has been begun. Nodemailer's own watch begins anew with each octet, and so never ends while a relay drips. */
async function inTime(
  connection: SMTPConnection,
  { replyWithin, signal }: SessionTerms,
  begin: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const late = Object.assign(new Error('it takes too long to answer'), { code: 'ETIMEDOUT' })
  const timer = setTimeout(reject, replyWithin, late)
  const hungUp = Object.assign(new Error('the relay hung up'), { code: 'ECONNECTION' })
  const interrupt = () => reject(new Fault('interrupted', 'interrupted while connecting'))
  if (signal?.aborted) interrupt()
  signal?.addEventListener('abort', interrupt)
  connection.once('error', reject)
  connection.once('end', () => reject(hungUp))
  begin((error) => (error ? reject(error) : resolve()))
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', interrupt)
  }
}

async function login(connection: SMTPConnection, terms: SessionTerms): Promise<void> {
  const { relay } = terms
  const { user = '', password = '' } = relay
  if (!connection.allowsAuth) {
    connection.close()
    throw new Fault(
      'unavailable',
      `${relay.shown} offers no AUTH here; try smtps://, or port 587, or leave user and password out of mail.transport`,
    )
  }
  try {
    const credentials = { user, pass: password }
    await inTime(connection, terms, (done) => connection.login({ credentials }, done))
  } catch (error) {
    connection.close()
    if (error instanceof Fault) throw error
    const { message, response, code, originalCode } = error as Failure
    const reply = hide(replyLine(response ?? message), relay)
    const isRefused = /^5/.test(reply)
    const remedy = isRefused ? 'check user and password in mail.transport' : 'run it again later'
    // Not the error itself, which may repeat the password
    const cause =
      response === undefined
        ? Object.assign(new Error(reply), { code, originalCode })
        : { command: 'AUTH', responseCode: Number.parseInt(reply, 10), response: reply }
    throw new Fault(
      'unavailable',
      `${relay.shown} does not let '${user}' in: ${reply}; ${remedy}`,
      { cause },
    )
  }
}

/** No reply is trusted not to repeat what it was told. */
function hide(text: string, { user = '', password = '' }: Relay): string {
  const base64 = (secret: string) => Buffer.from(secret).toString('base64')
  const secrets = [base64(`\0${user}\0${password}`), base64(password), password]
  return secrets.reduce((shown, secret) => (secret ? shown.replaceAll(secret, '***') : shown), text)
}

function explain(relay: Relay, failure: Failure): Fault {
  const what = replyLine(failure.response ?? failure.message)
  return new Fault(
    'unavailable',
    `${relay.shown} is out of reach: ${what}; ${remedyFor(failure)}`,
    {
      cause: failure,
    },
  )
}

function remedyFor({ code, originalCode, response, message, command }: Failure): string {
  if (originalCode === 'CERT_HAS_EXPIRED') {
    return 'its owner has to renew it, unless the clock of this machine is wrong'
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(`${originalCode} ${code} ${message}`)) {
    return 'its certificate does not verify; use the host name in it, or name its authority in NODE_EXTRA_CA_CERTS'
  }
  if (code === 'ETLS' || command === 'STARTTLS') {
    return 'no encrypted connection; try smtps://, or add ?tls=optional where plain text will do'
  }
  if (originalCode === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return 'it does not speak TLS from the first octet on that port; try smtp://, or port 465'
  }
  if (code === 'EDNS') return 'check the host name in mail.transport'
  if (response) return 'it does not want us now; run it again later'
  return 'check host and port in mail.transport, or run it again later'
}
