import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, it } from 'vitest'
import { ed25519, rsa2048 } from '../mail/dkim-keys.ts'
import { type RelayOptions, startRelay } from '../mail/relay.ts'
import { newPublication, newsletter, publication, tidings } from './cli.ts'

const november = ['--now', '2026-11-01T09:00:00Z']
const edition = '2026-11-01'
const list =
  'email,name,language,fields.town\nann@example.org,"Ann, Reader",en,Bath\njosé@example.net,José 🌻,es,\n=cy@example.org,,,\n'

/** An edition that was sent to three readers; the relay refuses whom it is told to. */
async function sent(options: RelayOptions = {}) {
  const relay = await startRelay(options)
  const folder = await newPublication(
    {
      'keys/rsa.pem': rsa2048.privateKey,
      'keys/ed.pem': ed25519.privateKey,
      'content/first.md': `---\ntitle: First — día\ndate: 2026-01-01\n---\n\n${'.\n\nA  text. '.repeat(40)}\n`,
      'content/subscribers.csv': list,
    },
    {
      publication,
      newsletter: {
        ...newsletter,
        bounces: 'bounces@example.org',
        subject:
          '{{ reader.firstName | default: "Reader" }} in {{ reader.fields.town | default: "town" }}',
      },
      server: { url: 'https://news.example.org/' },
      mail: {
        transport: relay.url,
        dkim: [
          { domain: 'example.org', selector: 'rsa', privateKey: 'file:keys/rsa.pem' },
          { domain: 'example.org', selector: 'ed', privateKey: 'file:keys/ed.pem' },
        ],
      },
    },
  )
  const run = (...args: string[]) => tidings([...args, '-C', folder])
  await run('send', ...november)
  const config = JSON.parse(await readFile(join(folder, 'tidings.config.json'), 'utf8'))
  /** Sets another sender, other pages, and other keys when they are given. */
  async function reconfigure(dkim = config.mail.dkim): Promise<void> {
    const next = {
      ...config,
      newsletter: { ...config.newsletter, name: 'New', from: 'New <new@example.net>' },
      server: { url: 'https://new.example.net/' },
      mail: { ...config.mail, dkim },
    }
    await writeFile(join(folder, 'tidings.config.json'), JSON.stringify(next))
  }
  function sql(statement: string): void {
    using db = new DatabaseSync(join(folder, '.tidings/tidings.db'))
    db.exec(statement)
  }
  return { relay, run, reconfigure, sql, [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose]() }
}

const whose = (address: string) =>
  `subscriber = (SELECT number FROM subscribers WHERE address = '${address}')`

const refusesCy: RelayOptions = {
  replies: {
    rcpt: (line) =>
      line.includes('cy@') ? '550 5.1.1 <=cy@example.org>: unknown' : '250 2.1.5 ok',
    dot: (_, session) => `250 2.0.0 Ok: queued as 4X${session}`,
  },
}

describe('tidings status EDITION', () => {
  it('tells how an edition stands by state, by domain, by reply, and who is not settled', async () => {
    await using given = await sent(refusesCy)
    const { status, stdout } = await given.run('status', edition)
    expect(status).toBe(0)
    expect(stdout).toContain('2 of 3 submitted, 1 rejected\n')
    expect(stdout).toMatch(/example\.org +1 of 2 submitted, 1 rejected\n/)
    expect(stdout).toMatch(/example\.net +1 of 1 submitted\n/)
    expect(stdout).toMatch(/2 +submitted +250 2\.0\.0 Ok: queued as …\n/)
    expect(stdout).toMatch(
      / {2}rejected +=cy@example\.org +550 5\.1\.1 <=cy@example\.org>: unknown\n/,
    )
    expect(JSON.parse((await given.run('status', edition, '--json')).stdout)).toMatchObject({
      editions: [
        {
          id: edition,
          recipients: 3,
          submitted: 2,
          domains: [
            { domain: 'example.org', recipients: 2, submitted: 1, rejected: 1 },
            { domain: 'example.net', recipients: 1, submitted: 1 },
          ],
          replies: [
            { state: 'submitted', reply: '250 2.0.0 Ok: queued as …', count: 2 },
            { state: 'rejected', reply: '550 5.1.1 … unknown', count: 1 },
          ],
          deliveries: [{ address: '=cy@example.org', state: 'rejected', attempts: 1 }],
        },
      ],
      subscribers: { active: 2, suppressed: 1 },
    })
  })

  it('writes every delivery as CSV, which no spreadsheet takes for a formula', async () => {
    await using given = await sent(refusesCy)
    const { status, stdout } = await given.run('status', edition, '--csv')
    expect(status).toBe(0)
    const [titles, ...rows] = stdout.trimEnd().split('\n')
    expect(titles).toBe('address,state,attempts,reply,changed')
    expect(rows).toHaveLength(3)
    expect(rows[0]).toMatch(
      /^ann@example\.org,submitted,1,250 2\.0\.0 Ok: queued as \w+,2026-11-01T/,
    )
    expect(rows[2]).toMatch(/^'=cy@example\.org,rejected,1,550 5\.1\.1 /)
  })

  it('tells what one reader got, over all editions', async () => {
    await using given = await sent()
    const { stdout } = await given.run('status', '--recipient', 'JOSÉ@example.net')
    expect(stdout).toMatch(/^josé@example\.net, José 🌻, active, /)
    expect(stdout).toMatch(/2026-11-01 +submitted +1 +2026-11-01T\S+ +250 2\.0\.0 queued\n/)
    const told = await given.run('status', '--recipient', 'josé@example.net', '--json')
    expect(JSON.parse(told.stdout)).toMatchObject({
      recipient: { address: 'josé@example.net' },
      deliveries: [{ edition, state: 'submitted', attempts: 1, reply: '250 2.0.0 queued' }],
    })
  })
})

describe('a question that has no answer', () => {
  let folder: string
  beforeAll(async () => {
    folder = await newPublication()
    await tidings(['send', '-C', folder, ...november])
  })

  it.each([
    [['status', '--csv'], 'EDITION --csv'],
    [['status', edition, '--csv', '--json'], 'without --json'],
    [['status', edition, '--recipient', 'ann@example.org'], 'all editions'],
    [['status', '--recipient', 'nobody@example.org'], 'nobody@example.org: not on the list'],
    [['status', '2025-01-01', '--csv'], '2025-01-01: no such edition'],
    [['show', edition], 'show EDITION ADDRESS'],
    [['show', edition, 'nobody@example.org'], 'nobody@example.org: not on the list'],
    [['show', '2025-01-01', 'ann@example.org'], '2025-01-01: no such edition'],
  ])('ends with 2 and the remedy for %j', async (args, words) => {
    const { status, stdout, stderr } = await tidings([...args, '-C', folder])
    expect([status, stderr]).toEqual([2, expect.stringContaining(words)])
    if (!args.includes('--json')) expect(stdout).toBe('')
  })
})

describe('tidings show', () => {
  it('makes each message again byte for byte as the relay got it, signatures and all', async () => {
    await using given = await sent()
    expect(given.relay.messages).toHaveLength(3)
    for (const { to, raw, from } of given.relay.messages) {
      const { status, stdout } = await given.run('show', edition, String(to[0]))
      expect([status, stdout]).toEqual([0, raw])
      const { stdout: json } = await given.run('show', edition, String(to[0]), '--json')
      expect(JSON.parse(json)).toMatchObject({ message: raw, envelope: { from, to: to[0] } })
    }
  })

  it('shows the header alone, and what readers got who have left since', async () => {
    await using given = await sent()
    await given.run('subscribers', 'remove', 'ann@example.org')
    const { raw = '' } = given.relay.messages.find(({ to }) => to[0] === 'ann@example.org') ?? {}
    expect(raw).toContain('\r\nSubject: Reader in Bath\r\n')
    const { stdout } = await given.run('show', edition, 'ann@example.org', '--headers')
    expect(stdout).toBe(raw.slice(0, raw.indexOf('\r\n\r\n') + 4))
  })

  it('shows what was sent under the sender of then, whoever sends now', async () => {
    await using given = await sent(refusesCy)
    await given.reconfigure()
    const { raw = '' } = given.relay.messages.find(({ to }) => to[0] === 'ann@example.org') ?? {}
    const { status, stdout, stderr } = await given.run('show', edition, 'ann@example.org')
    expect([status, stderr, stdout]).toEqual([0, '', raw])
  })

  it.each<[string, string, boolean]>([
    ['was sent', '', false],
    [
      'may have been sent by one that was killed',
      `UPDATE deliveries SET state = 'submitting', attempts = 0, tried_at = NULL, reply = '', claim = 'x',
        lease_until = changed_at + 60000`,
      false,
    ],
    [
      'may have been sent, which was decided later',
      "UPDATE deliveries SET state = 'uncertain'",
      true,
    ],
  ])('chooses the sender of the instant at which a message %s', async (_, statement, resolves) => {
    await using given = await sent()
    const { raw = '' } = given.relay.messages.find(({ to }) => to[0] === 'ann@example.org') ?? {}
    if (statement) given.sql(`${statement} WHERE ${whose('ann@example.org')}`)
    // Another reader's message has not left yet
    given.sql(
      `UPDATE deliveries SET state = 'pending', attempts = 0, tried_at = NULL WHERE ${whose('josé@example.net')}`,
    )
    await given.reconfigure()
    await given.run('send', '--edition', edition, '--now', '2026-11-01T10:00:00Z')
    if (resolves) await given.run('resolve', edition, '--skip', '--now', '2026-11-01T11:00:00Z')
    const shown = await given.run('show', edition, 'ann@example.org')
    expect([shown.status, shown.stderr, shown.stdout]).toEqual([0, '', raw])
    const { raw: later = '' } = given.relay.messages.at(-1) ?? {}
    expect(later).toContain('\r\nFrom: New <new@example.net>\r\n')
    expect((await given.run('show', edition, 'josé@example.net')).stdout).toBe(later)
  })

  it('says that a sender is not known where none was kept', async () => {
    await using given = await sent()
    given.sql('DELETE FROM edition_letterheads')
    const { raw = '' } = given.relay.messages.find(({ to }) => to[0] === 'ann@example.org') ?? {}
    const { status, stdout, stderr } = await given.run('show', edition, 'ann@example.org')
    expect([status, stdout]).toEqual([0, raw])
    expect(stderr).toContain("of today's configuration")
  })

  it('says which signature is missing when its key is there no more', async () => {
    await using given = await sent()
    const rsa = { domain: 'example.org', selector: 'rsa', privateKey: 'file:keys/rsa.pem' }
    await given.reconfigure([rsa])
    const { raw = '' } = given.relay.messages.find(({ to }) => to[0] === 'ann@example.org') ?? {}
    const { status, stdout, stderr } = await given.run('show', edition, 'ann@example.org')
    expect([status, stderr]).toEqual([3, expect.stringContaining('ed._domainkey.example.org')])
    const signature = /DKIM-Signature: .*?\r\n(?![ \t])/gs
    const [first = '', second = '', ...more] = raw.match(signature) ?? []
    expect(more).toEqual([])
    const lacking = [first, second].find((one) => one.includes('a=ed25519-sha256')) ?? ''
    expect(lacking).not.toBe('')
    expect(stdout).toBe(raw.replace(lacking, ''))
  })

  it('refuses what it can no longer make: the name has changed, or nothing was addressed', async () => {
    await using given = await sent()
    await given.run('subscribers', 'add', 'ann@example.org', '--name', 'Anna')
    const changed = await given.run('show', edition, 'ann@example.org')
    expect([changed.status, changed.stdout]).toEqual([2, ''])
    expect(changed.stderr).toContain('has changed since edition 2026-11-01 was sent')
    await given.run('subscribers', 'add', 'late@example.org')
    const late = await given.run('show', edition, 'late@example.org')
    expect([late.status, late.stderr]).toEqual([2, expect.stringContaining('was not addressed')])
  })
})
