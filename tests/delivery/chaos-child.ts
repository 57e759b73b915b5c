import { deliver } from '../../src/delivery/deliver.ts'
import { domainLimits } from '../../src/delivery/limits.ts'
import { smtpMailer } from '../../src/mail/mailer/smtp.ts'
import { Fault } from '../../src/model/fault.ts'
import { edition } from '../contracts/store.ts'
import { openAt } from '../store/open-at.ts'
import { composePlain } from './fixtures.ts'

/**
 * Delivers the edition `one` of the store argv[2] to the relay argv[3], by a clock that is argv[4] milliseconds fast. Ends with 4
 * when the relay would not, as the program does.
 */
const [, , location = '', relay = '', ahead = '0'] = process.argv
const store = await openAt(location)
const mailer = smtpMailer({ url: relay, connections: 4, messagesPerConnection: 50 })
const short = { firstPause: 30, longestPause: 200 }
try {
  await deliver({
    edition: edition('one'),
    ledger: store.ledger,
    mailer,
    compose: composePlain,
    clock: () => new Date(Date.now() + Number(ahead)),
    concurrency: 4,
    ratePerSecond: 0,
    limits: domainLimits({
      'example0.org, example1.org': { connections: 1 },
      'example2.org': { ratePerSecond: 50 },
    }),
    throttle: store.throttle,
    pauses: {
      relay: short,
      destination: short,
      relayPatience: 5000,
      destinationPatience: 500,
    },
    signal: new AbortController().signal,
    lease: 5000,
  })
} catch (error) {
  if (!(error instanceof Fault) || error.code !== 'unavailable') throw error
  process.exitCode = 4
} finally {
  await mailer.close()
  await store.close()
}
