import { deliver } from '../../src/delivery/deliver.ts'
import { domainLimits } from '../../src/delivery/limits.ts'
import { smtpMailer } from '../../src/mail/mailer/smtp.ts'
import type { Mailer } from '../../src/mail/mailer.ts'
import type { Ledger } from '../../src/store/ledger.ts'
import { edition } from '../contracts/store.ts'
import { openAt } from '../store/open-at.ts'
import { composePlain } from './fixtures.ts'

/**
 * Delivers the edition `one` of the store argv[2] to the relay argv[3], and kills itself, as a power cut would, the
 * argv[5]th time that it comes to the point argv[4]; or stops itself, with SIGSTOP as argv[6].
 */
const [, , location = '', relay = '', point = '', times = '1', signal = 'SIGKILL'] = process.argv
let left = Number(times)

function dieAt(here: string): void {
  if (here === point && --left === 0) process.kill(process.pid, signal)
}

const store = await openAt(location)

const ledger: Ledger = {
  ...store.ledger,
  async claim(...terms) {
    const claims = await store.ledger.claim(...terms)
    dieAt('claimed')
    return claims
  },
  async submitting(...terms) {
    const isOurs = await store.ledger.submitting(...terms)
    dieAt('submitting')
    return isOurs
  },
  async record(...terms) {
    const isRecorded = await store.ledger.record(...terms)
    dieAt('recorded')
    return isRecorded
  },
}

const smtp = smtpMailer({ url: relay, connections: 3 })

const mailer: Mailer = {
  ...smtp,
  async submit(...terms) {
    const outcome = await smtp.submit(...terms)
    dieAt('replied')
    return outcome
  },
}

await deliver({
  edition: edition('one'),
  ledger,
  mailer,
  compose: composePlain,
  clock: () => new Date(),
  concurrency: 3,
  ratePerSecond: 0,
  limits: domainLimits({}),
  throttle: store.throttle,
  signal: new AbortController().signal,
  lease: 300,
})
await mailer.close()
await store.close()
