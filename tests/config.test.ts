import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { Fault } from '../src/model/fault.ts'

const smallest = {
  publication: { title: 'Paper', description: 'A paper', url: 'https://example.org/' },
}

async function load(config: unknown, { env = {}, files = {} as Record<string, string> } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-config-'))
  const text = typeof config === 'string' ? config : JSON.stringify(config)
  await writeFile(join(folder, 'tidings.config.json'), text)
  for (const [name, contents] of Object.entries(files))
    await writeFile(join(folder, name), contents)
  return loadConfig(folder, { env })
}

async function faultOf(config: unknown, options = {}): Promise<string> {
  const error = await load(config, options).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Fault)) throw new Error(`no Fault: ${error}`)
  expect(error.code).toBe('config-invalid')
  return error.message
}

describe('the configuration', () => {
  it('fills in every default', async () => {
    const config = await load(smallest)
    expect(config.publication.timezone).toBe('UTC')
    expect(config.feeds).toMatchObject({ limit: 20, content: 'full', per: ['tag'] })
    expect(config.mail.transport).toBe('maildir:out/outbox')
    expect(config.newsletter).toBeUndefined()
  })

  it('cannot be changed once it is read', async () => {
    const config = await load(smallest)
    expect(Object.isFrozen(config.publication)).toBe(true)
  })

  it('names every wrong key at once, with what was expected and what was found', async () => {
    const message = await faultOf({
      publication: { ...smallest.publication, url: 'example.org', timezone: 'Europe/Madird' },
      feeds: { limit: 0 },
    })
    expect(message.split('\n')).toEqual([
      'tidings.config.json: publication.url: expected an absolute URL, https://example.org/, found "example.org"',
      'tidings.config.json: publication.timezone: expected an IANA time zone such as Europe/Madrid or UTC, found "Europe/Madird"',
      'tidings.config.json: feeds.limit: expected a whole number from 1 to 10000, found 0',
    ])
  })

  it('refuses an unknown key and guesses what was meant', async () => {
    const message = await faultOf({ ...smallest, feeds: { limmit: 3 } })
    expect(message).toBe(
      'tidings.config.json: feeds.limmit: unknown key; did you mean feeds.limit?',
    )
  })

  it('says what is missing', async () => {
    expect(
      await faultOf({ publication: { title: 'Paper' }, newsletter: { from: 'a@example.org' } }),
    ).toBe(
      [
        'tidings.config.json: publication.description: missing',
        'tidings.config.json: publication.url: missing',
        'tidings.config.json: newsletter.postalAddress: missing',
      ].join('\n'),
    )
  })

  it('takes secrets from the environment and from files', async () => {
    const server = { url: 'https://news.example.org', secret: 'file:secret.txt' }
    const config = await load(
      { ...smallest, mail: { transport: 'env:RELAY' }, server },
      { env: { RELAY: 'smtps://u:p@smtp.example.org' }, files: { 'secret.txt': 'x'.repeat(32) } },
    )
    expect(config.mail.transport).toBe('smtps://u:p@smtp.example.org')
    expect(config.server).toMatchObject({
      url: 'https://news.example.org/',
      secret: 'x'.repeat(32),
    })
  })

  it('says which environment variable is not set', async () => {
    const newsletter = { from: 'env:FROM', postalAddress: '1 Street' }
    expect(await faultOf({ ...smallest, newsletter })).toContain(
      'newsletter.from: expected the environment variable FROM to be set',
    )
  })

  it('takes origins as browsers write them, and nothing that is more than one', async () => {
    const given = (joinOrigins: string[]) => ({ ...smallest, server: { joinOrigins } })
    const { server } = await load(given(['https://Blog.example.org/', 'http://a.test:8080']))
    expect(server.joinOrigins).toEqual(['https://blog.example.org', 'http://a.test:8080'])
    for (const wrong of ['*', 'null', 'blog.example.org', 'https://example.org/path']) {
      expect(await faultOf(given([wrong]))).toContain('server.joinOrigins: expected an origin')
    }
  })

  it.each(['sqlite:out/list.db', 'sqlite:./data/../out/list.db', 'sqlite:out/..list.db'])(
    'lets no store lie where everybody could fetch it: %s',
    async (store) => {
      const message = await faultOf({ ...smallest, store })
      expect(message).toContain(`tidings.config.json: store: ${store} lies in out/`)
      expect(message).toContain('take sqlite:.tidings/tidings.db')
    },
  )

  it('lets a store lie anywhere else, also where the path only looks alike', async () => {
    for (const store of ['sqlite:output/list.db', 'sqlite:../out/list.db', 'sqlite:/out/list.db']) {
      expect((await load({ ...smallest, store })).store).toBe(store)
    }
  })

  it('never shows a former secret', async () => {
    const message = await faultOf({ ...smallest, server: { formerSecrets: ['hunter2'] } })
    expect(message).toContain('server.formerSecrets: expected at least 16 characters')
    expect(message).not.toContain('hunter2')
  })

  it('never shows a password or a secret', async () => {
    const transport = 'smtp://user:hunter2@'
    const message = await faultOf({
      ...smallest,
      mail: { transport },
      server: { secret: 'hunter2' },
    })
    expect(message).toContain('server.secret')
    expect(message).toContain('mail.transport')
    expect(message).not.toContain('hunter2')
  })

  it('takes one signing key or a list of them, and names what is wrong in each', async () => {
    const key = { domain: 'example.org', selector: 's1', privateKey: 'file:dkim.pem' }
    const files = { 'dkim.pem': 'SECRET' }
    const read = { ...key, privateKey: 'SECRET' }
    expect((await load(smallest)).mail.dkim).toEqual([])
    expect((await load({ ...smallest, mail: { dkim: key } }, { files })).mail.dkim).toEqual([read])
    const two = { ...smallest, mail: { dkim: [key, { ...key, selector: 's2' }] } }
    expect((await load(two, { files })).mail.dkim).toEqual([read, { ...read, selector: 's2' }])

    const { selector: _, ...partial } = { ...key, privateKey: 5, domian: 'x' }
    const message = await faultOf({ ...smallest, mail: { dkim: [key, partial] } }, { files })
    expect(message.split('\n')).toEqual([
      expect.stringContaining('mail.dkim[1].domian: unknown key; did you mean mail.dkim.domain?'),
      expect.stringContaining('mail.dkim[1].privateKey: expected a PEM key'),
      expect.stringContaining('mail.dkim[1].selector: missing'),
    ])
    expect(await faultOf({ ...smallest, mail: { dkim: { domain: 'example.org' } } })).toContain(
      'mail.dkim.selector: missing',
    )
    for (const nothing of [{}, [{}]]) {
      // rather than mail that goes out unsigned
      expect(await faultOf({ ...smallest, mail: { dkim: nothing } })).toContain('has nothing in it')
    }
    expect(await faultOf({ ...smallest, mail: { dkim: ['key'] } })).toContain(
      'mail.dkim[0]: expected an object',
    )
  })

  it.each([
    ['smtp:/user:hunter2@host', 'mail.transport'],
    [{ auth: { pass: 'hunter2' } }, 'mail.transport'],
    ['smtp://u@example.org', 'a user needs a password'],
  ])('says what is wrong with the transport %j, and shows none of it', async (transport, words) => {
    const message = await faultOf({ ...smallest, mail: { transport } })
    expect(message).toContain(words)
    expect(message).not.toContain('hunter2')
  })

  it('answers a folder without configuration with the remedy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidings-config-'))
    await expect(loadConfig(folder, { env: {} })).rejects.toThrow("run 'tidings init'")
  })

  it('reads a TypeScript file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidings-config-'))
    const text = `type Url = string; const url: Url = 'https://example.org'\nexport default { publication: { title: 'T', description: 'D', url } }`
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    await writeFile(join(folder, 'tidings.config.ts'), text)
    expect((await loadConfig(folder, { env: {} })).publication.url).toBe('https://example.org/')
  })

  it('meets any JSON with a configuration or a Fault, never with another error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
        const error = await load(text).catch((reason: unknown) => reason)
        expect(error).toBeInstanceOf(Fault)
      }),
      { numRuns: 50 },
    )
  })

  it('reads topics, and refuses those that no reader could choose', async () => {
    const newsletter = { from: 'news@example.org', postalAddress: '1 Street' }
    const withTopics = (topics: unknown) => ({ ...smallest, newsletter: { ...newsletter, topics } })
    const politics = { id: 'politics', name: 'Politics', tags: ['Politics', 'Elections'] }
    const arts = { id: 'arts', name: 'Arts', tags: ['arts'], default: true }
    expect((await load(withTopics([politics, arts]))).newsletter?.topics).toEqual([
      { ...politics, default: false },
      arts,
    ])
    expect((await load({ ...smallest, newsletter })).newsletter?.topics).toEqual([])
    const topics = [politics, { ...arts, id: 'politics' }, { id: 'All', tags: [] }, {}]
    expect((await faultOf(withTopics(topics))).split('\n')).toEqual([
      'tidings.config.json: newsletter.topics[3]: has nothing in it',
      'tidings.config.json: newsletter.topics[2].id: expected a short name of small letters, digits and -, such as politics, found "All"',
      'tidings.config.json: newsletter.topics[2].tags: expected at least one tag, found []',
      'tidings.config.json: newsletter.topics[2].name: missing',
      'tidings.config.json: newsletter.topics[1].id: is that of newsletter.topics[0]',
    ])
  })

  it('reads the keys of mail providers, and shows none of a wrong one', async () => {
    const key =
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgueIibfgreAh3SkbA7DZleGjrUtuf5aIbM8+Ieu0Mhc9EGE6Ra1Vvyw9mSImqdL+rQAqpKPU3XrYTne7J/k9HA=='
    const pem = `-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----`
    const right = {
      ses: 'arn:aws:sns:eu-west-1:123456789012:bounces',
      postmark: 'postmark:0123456789abcdef',
      mailgun: 'env:NOT_SET',
      sendgrid: pem,
    }
    const server = { bounces: 2525, lmtp: true, webhooks: right }
    expect((await load({ ...smallest, server })).server).toMatchObject({
      ...{ bounces: 2525, lmtp: true, webhooks: { ...right, sendgrid: key } },
    })
    expect((await load(smallest)).server).toMatchObject({ lmtp: false })
    const wrong = { ses: 'arn:secret', postmark: 'short:secret', sendgrid: 'secret' }
    const fault = await faultOf({ ...smallest, server: { bounces: 70_000, webhooks: wrong } })
    expect(fault.split('\n')).toEqual([
      'tidings.config.json: server.bounces: expected a whole number from 0 to 65535, found 70000',
      expect.stringMatching(/server\.webhooks\.ses: expected the ARN of a topic/),
      expect.stringMatching(/server\.webhooks\.postmark: expected USER:PASSWORD/),
      expect.stringMatching(/server\.webhooks\.sendgrid: expected the verification key/),
    ])
    expect(fault).not.toContain('secret')
  })
})

describe('the limits of sending', () => {
  const withMail = (mail: object) => ({ ...smallest, mail })

  it('have defaults, and take domains as people write them', async () => {
    expect((await load(smallest)).mail).toMatchObject({
      ratePerSecond: 0,
      messagesPerConnection: 500,
      domains: {},
    })
    const { mail } = await load(
      withMail({
        messagesPerConnection: 20,
        domains: {
          'Gmail.com, googlemail.com': { ratePerSecond: 20, connections: 5 },
          'bücher.example': { ratePerSecond: 0.5 },
          '*': { connections: 2 },
        },
        warmUp: { from: '2026-12-01', days: [500, 1000] },
      }),
    )
    expect(mail.domains).toEqual({
      'gmail.com,googlemail.com': { ratePerSecond: 20, connections: 5 },
      'xn--bcher-kva.example': { ratePerSecond: 0.5 },
      '*': { connections: 2 },
    })
    expect(mail.warmUp).toEqual({ from: '2026-12-01', days: [500, 1000] })
  })

  it.each([
    [
      { domains: { 'gmail.com': { ratePerSecond: 0 } } },
      "ratePerSecond to be a number, 0.0001 or more in 'gmail.com'",
    ],
    [
      { domains: { 'gmail.com': { rate: 1 } } },
      "one of ratePerSecond, connections, not rate, in 'gmail.com'",
    ],
    [
      { domains: { 'gmail.com': { connections: 1.5 } } },
      "connections to be a whole number from 1 to 1000 in 'gmail.com'",
    ],
    [{ domains: { 'gmail.com': {} } }, "at least one of ratePerSecond, connections in 'gmail.com'"],
    [
      { domains: { gmail: { connections: 1 } } },
      "'gmail' to be a domain, several parted by commas, or '*' alone",
    ],
    [{ domains: { '*, a.test': { connections: 1 } } }, "'*, a.test' to be a domain, several"],
    [
      { domains: { 'a.test': { connections: 1 }, 'b.test, A.test': { connections: 2 } } },
      'a.test to be named once',
    ],
    [{ domains: [] }, 'a table such as'],
    [{ warmUp: { first: 500 } }, 'from to be a day, as in'],
    [{ warmUp: { from: '2026-02-30', first: 500 } }, 'from to be a day such as 2026-12-01'],
    [{ warmUp: { from: '2026-12-01' } }, 'either first and factor, or days'],
    [{ warmUp: { from: '2026-12-01', first: 5, days: [5] } }, 'either first and factor, or days'],
    [{ warmUp: { from: '2026-12-01', days: [5], factor: 2 } }, 'no factor beside days'],
    [
      { warmUp: { from: '2026-12-01', days: [] } },
      'days to be a list of whole numbers, each 1 or more',
    ],
    [{ messagesPerConnection: 0 }, 'a whole number from 1 to 1000000'],
  ])('refuse %j and say what was expected', async (mail, expected) => {
    const message = await faultOf(withMail(mail))
    expect(message).toContain(`mail.${Object.keys(mail)[0]}: expected ${expected}`)
  })
})
