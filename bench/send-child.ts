import { createTransport } from 'nodemailer'
import { limitYoungHeap } from '../src/commands/young-heap.ts'
import { deliver } from '../src/delivery/deliver.ts'
import { domainLimits } from '../src/delivery/limits.ts'
import { slotWriters } from '../src/edition/personalise.ts'
import { smtpMailer } from '../src/mail/mailer/smtp.ts'
import { messageTemplate } from '../src/mail/message.ts'
import { openSqliteStore } from '../src/store/sqlite/open-store.ts'
import { content, filled, letter, newKey, recipientOf, valuesOf } from './letter.ts'

/**
 * Sends when it is told to, and says how that went. argv: `naive` or `ours` or `signed`; the port of the relay;
 * connections; how many messages; the store (ours).
 */
const [, , kind = '', port = '', connections = '', count = '', file = ''] = process.argv

async function naive(): Promise<() => Promise<number>> {
  const transport = createTransport({
    host: '127.0.0.1',
    port: Number(port),
    ignoreTLS: true,
    pool: true,
    maxConnections: Number(connections),
    maxMessages: Number.POSITIVE_INFINITY,
  })
  let next = 0
  const lane = async () => {
    while (next < Number(count)) {
      const { from, to, date, messageId, subject, text, html } = filled(next++)
      await transport.sendMail({ from, to, date, messageId, subject, text, html })
    }
  }
  return async () => {
    await Promise.all(Array.from({ length: Number(connections) }, lane))
    const end = performance.now()
    transport.close()
    return end
  }
}

async function ours(): Promise<() => Promise<number>> {
  // As `tidings send` does
  const store = await openSqliteStore(file, { isAlone: true })
  const fill = messageTemplate(
    letter,
    content,
    slotWriters,
    kind === 'signed' ? [newKey('rsa')] : [],
  )
  const mailer = smtpMailer({
    url: `smtp://127.0.0.1:${port}`,
    connections: Number(connections),
    messagesPerConnection: Number.POSITIVE_INFINITY,
  })
  return async () => {
    let end = 0
    await deliver({
      edition: { id: 'bench', subject: '', createdAt: letter.date, articles: [] },
      ledger: store.ledger,
      mailer,
      compose: ({ subscriber: { address } }) => {
        const index = Number(/\d+/.exec(address)?.[0])
        return fill(recipientOf(index), valuesOf(index))
      },
      clock: () => new Date(),
      concurrency: Number(connections),
      ratePerSecond: 0,
      limits: domainLimits({}),
      throttle: store.throttle,
      limit: Number(count),
      signal: new AbortController().signal,
      onProgress: () => {
        end = performance.now()
      },
    })
    await mailer.close()
    await store.close()
    return end
  }
}

if (kind !== 'naive') limitYoungHeap()
const send = await (kind === 'naive' ? naive() : ours())
process.once('message', async () => {
  const started = performance.now()
  const cpu = process.cpuUsage()
  const end = await send()
  const { user, system } = process.cpuUsage(cpu)
  const megabytes = process.resourceUsage().maxRSS / 1024
  process.send?.({ seconds: (end - started) / 1000, cpu: (user + system) / 1e6, megabytes })
  process.disconnect()
})
process.send?.('ready')
