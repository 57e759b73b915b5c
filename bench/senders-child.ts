import { deliver } from '../src/delivery/deliver.ts'
import { domainLimits } from '../src/delivery/limits.ts'
import { openPostgresStore } from '../src/store/postgres/open-store.ts'

/** Delivers argv[4] messages of the edition `bench`, argv[3] at once, to a relay that takes each at once: the ledger alone. */
const [, , url = '', concurrency = '10', limit = '1000'] = process.argv
const store = await openPostgresStore(url)
process.on('message', async () => {
  const started = performance.now()
  const cpu = process.cpuUsage()
  const { submitted } = await deliver({
    edition: { id: 'bench', subject: '', createdAt: new Date(), articles: [] },
    ledger: store.ledger,
    mailer: {
      submit: async (_, { leave } = {}) => {
        await leave
        return { kind: 'submitted', reply: '250 2.0.0 Ok: queued as 4XyZabc123Zz' }
      },
      withdraw: () => undefined,
      close: async () => {},
    },
    compose: async ({ subscriber }) => ({
      envelope: { from: 'news@example.org', to: subscriber.address },
      messageId: '<bench@example.org>',
      bytes: new Uint8Array(),
    }),
    clock: () => new Date(),
    concurrency: Number(concurrency),
    ratePerSecond: 0,
    limits: domainLimits({}),
    throttle: store.throttle,
    limit: Number(limit),
    signal: new AbortController().signal,
  })
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  await store.close()
  const megabytes = process.resourceUsage().maxRSS / 1024
  process.send?.({ submitted, seconds, cpu: (user + system) / 1e6, megabytes })
  process.disconnect()
})
process.send?.('ready')
