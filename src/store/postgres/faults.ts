import { Fault, type FaultCode } from '../../model/fault.ts'

/** What PostgreSQL's error codes mean to an operator (appendix A of its manual): the remedy for each. */
const remedies: Readonly<Record<string, readonly [FaultCode, string]>> = {
  '28P01': ['config-invalid', 'the password was refused; correct user and password under "store"'],
  '28000': [
    'config-invalid',
    'this user is not let in; correct the user under "store" or pg_hba.conf',
  ],
  '3D000': [
    'config-invalid',
    'there is no such database; make it (createdb), or name another one under "store"',
  ],
  '42501': [
    'config-invalid',
    'permission was refused; GRANT this user CREATE on the database, or all on the schema tidings',
  ],
  '25006': ['unavailable', 'it can only be read; name the primary server under "store"'],
  '53100': ['unavailable', 'its disk is full; make room there, then run this again'],
  '53200': ['unavailable', 'it is out of memory; run this again'],
  '53300': [
    'unavailable',
    'it takes no more connections; raise max_connections there, or start fewer senders',
  ],
  '55P03': [
    'unavailable',
    'another process kept it locked for too long (an import or a rehearsal?); wait for it to end, then run this again',
  ],
  '57014': ['unavailable', 'it cancelled what was asked (statement_timeout?); run this again'],
  '58030': [
    'unavailable',
    'its disk could not be read or written; look at the disk, then run this again',
  ],
}

/** The server is going down, coming up, or a standby that is about to be promoted: it comes back. */
const passing = new Set(['25006', '53300', '57P01', '57P02', '57P03', '57P05'])

/** The server undid the transaction for the sake of another one: it may be tried again at once. */
const undone = new Set(['40001', '40P01'])

const lostLink =
  /^(E[A-Z]*(CONN|PIPE|TIMEDOUT|UNREACH|DOWN|NOTFOUND|AI_AGAIN|NOENT)[A-Z]*|Connection terminated|Query read timeout|timeout e|Client (was closed|has encountered|network socket))/i

/** Whether the link or the server is gone, and may come back. */
export function isLost(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isLost)
  const code = codeOf(error)
  if (passing.has(code) || code.startsWith('08')) return true
  return error instanceof Error && (lostLink.test(code) || lostLink.test(error.message))
}

/** Whether the server undid the transaction, which did nothing wrong. */
export function isUndone(error: unknown): boolean {
  return undone.has(codeOf(error))
}

/**
 * Makes a Fault of what an operator can mend; everything else is returned as it is: a bug of ours.
 *
 * @param name of the store, without its password
 */
export function toFault(error: unknown, name: string): unknown {
  if (error instanceof Fault) return error
  const [code, remedy] = remedies[codeOf(error)] ?? []
  if (code && remedy) return new Fault(code, `store ${name}: ${remedy}`, { cause: error })
  if (isLost(error) || isUndone(error)) {
    return new Fault(
      'unavailable',
      `store ${name}: cannot be reached (${reasonOf(error)}); see that PostgreSQL runs there and that host and port are right, then run this again`,
      { cause: error },
    )
  }
  if (error instanceof Error && /SSL|certificate|SASL/i.test(`${error.message} ${codeOf(error)}`)) {
    return new Fault(
      'config-invalid',
      `store ${name}: ${error.message}; correct the password or sslmode under "store"`,
      { cause: error },
    )
  }
  return error
}

/** Node says nothing where both addresses of a name refuse it. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message || codeOf(error) : String(error)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
