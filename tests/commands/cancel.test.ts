import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RelayOptions, startRelay } from '../mail/relay.ts'
import { newPublication, newsletter, publication, start, tidings } from './cli.ts'

const edition = '2026-11-01'
const now = ['--now', '2026-11-01T09:00:00Z']
const article = (title: string, text = 'Text.') =>
  `---\ntitle: ${title}\ndate: 2026-01-01\n---\n\n${text}\n`

/** A publication with two articles and three readers, and its relay. */
async function publish(options: RelayOptions = {}, mail = {}) {
  const relay = await startRelay(options)
  const folder = await newPublication(
    {
      'content/first.md': article('First'),
      'content/second.md': article('Second', 'Typo.'),
      'content/subscribers.csv':
        'email,name\nann@example.org,Ann\nbob@example.org,Bob\ncy@example.net,Cy\n',
    },
    { publication, newsletter, mail: { transport: relay.url, ...mail } },
  )
  const run = (...args: string[]) => tidings([...args, '-C', folder])
  const recipients = () => relay.messages.flatMap(({ to }) => to).toSorted()
  return {
    relay,
    folder,
    run,
    recipients,
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  }
}

const all = ['ann@example.org', 'bob@example.org', 'cy@example.net']

describe('tidings cancel', () => {
  it('takes an edition back that a relay finds too big, and lets another one go', async () => {
    let most = 1000
    await using given = await publish({
      replies: {
        mail: (line) =>
          Number(/SIZE=(\d+)/.exec(line)?.[1]) > most ? '552 5.3.4 too big' : '250 2.1.0 ok',
      },
    })
    const { folder, run, recipients } = given
    const first = await run('send', ...now)
    expect(first.status).toBe(4)
    expect(first.stderr).toContain("552 5.3.4 too big; take it back with 'tidings cancel EDITION'")
    expect(await readdir(join(folder, 'out/editions'))).toContain(edition)
    const { status, stdout } = await run('cancel', edition)
    expect([status, stdout]).toEqual([
      0,
      `Edition ${edition}, “First”, is taken back: nobody had got it. Its 2 articles can go into the next one.\n`,
    ])
    expect(await readdir(join(folder, 'out/editions'))).not.toContain(edition)
    expect(await readFile(join(folder, 'out/editions/index.html'), 'utf8')).not.toContain(edition)
    expect((await run('cancel', edition)).stderr).toContain('no such edition')

    most = 100_000
    await writeFile(join(folder, 'content/second.md'), article('Second', 'No slip.'))
    expect((await run('send', ...now)).status).toBe(0)
    expect(recipients()).toEqual(all)
    expect(given.relay.messages[0]?.raw).toContain('No slip.')
    expect(given.relay.messages[0]?.raw).not.toContain('Typo.')
  })

  it.each([1, 4])(
    'need not be called for one message that is too big, over %i connections',
    async (connections) => {
      const current = new Map<number, string>()
      await using given = await publish(
        {
          replies: {
            rcpt: (line, session) => {
              current.set(session, line)
              return '250 ok'
            },
            dot: (_, session) =>
              current.get(session)?.includes('ann@') ? '552 5.3.4 too big' : '250 2.0.0 ok',
          },
        },
        { connections },
      )
      const { run, recipients } = given
      const { status, stdout } = await run('send', ...now)
      expect([status, stdout]).toEqual([0, expect.stringContaining('2 of 3 submitted, 1 rejected')])
      expect(recipients()).toEqual(['bob@example.org', 'cy@example.net'])
    },
  )

  it('keeps from the rest what some have got, and lets nobody have those articles again', async () => {
    await using given = await publish()
    const { run, recipients } = given
    await run('send', '--limit', '1', ...now)
    const { status, stdout } = await run('cancel', edition, ...now)
    expect([status, stdout]).toEqual([
      0,
      `Edition ${edition}, “First”, is called off: 2 readers will not get it; 1 reader got it.\n`,
    ])
    expect((await run('status', edition)).stdout).toMatch(/2 +skipped +called off by the publisher/)
    expect((await run('send', ...now)).stdout).toContain('every article has been sent')
    expect(recipients()).toHaveLength(1)
    const again = await run('cancel', edition, '--json')
    expect(JSON.parse(again.stdout)).toEqual({
      edition,
      cancelled: 0,
      takenBack: false,
      submitting: 0,
    })
  })

  it('leaves a sender nothing to do that waits for its relay, whatever is planned anew', async () => {
    let isAwake = false
    const asked = Promise.withResolvers<void>()
    await using given = await publish({
      replies: {
        mail: () => {
          asked.resolve()
          return isAwake ? '250 ok' : '451 4.3.2 not now'
        },
      },
    })
    const { folder, run, recipients } = given
    const { ended } = start(['send', ...now, '-C', folder])
    await asked.promise
    expect((await run('cancel', edition, ...now)).stdout).toContain('is taken back')
    await writeFile(join(folder, 'content/second.md'), article('Second', 'No slip.'))
    isAwake = true
    const again = await run('send', ...now)
    expect(again.stdout).toContain(`Edition ${edition}-2`)
    const first = await ended
    expect([first.status, first.stdout]).toEqual([
      0,
      expect.stringContaining('taken back meanwhile'),
    ])
    expect(recipients()).toEqual(all)
    for (const { raw } of given.relay.messages) expect(raw).toContain('No slip.')
  })

  it('stops a sender that is at work, and counts what is on its way', async () => {
    const answered = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    await using given = await publish(
      {
        replies: {
          data: () => {
            asked.resolve()
            return '354 go ahead'
          },
        },
        dotAfter: answered.promise,
      },
      { connections: 1 },
    )
    const { folder, run, recipients } = given
    const { ended } = start(['send', ...now, '-C', folder])
    await asked.promise
    const { status, stdout } = await run('cancel', edition, ...now)
    expect(status).toBe(3)
    expect(stdout).toContain('1 message on the way just now')
    answered.resolve()
    expect((await ended).stdout).toContain('1 of 3 submitted, 2 skipped; called off')
    expect(recipients()).toHaveLength(1)
  })

  it.each([
    [['cancel'], "write 'tidings cancel EDITION'"],
    [['cancel', '2025-01-01'], '2025-01-01: no such edition'],
    [['cancel', edition, 'more'], 'more: one word too many'],
  ])('%j: says what is wrong', async (words, message) => {
    await using given = await publish()
    const { status, stderr } = await given.run(...words)
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

describe('tidings resolve', () => {
  it('decides for those that are named, and for none when anything is known of one', async () => {
    const hangUps = new Set(['ann@example.org', 'bob@example.org'])
    let recipient = ''
    await using given = await publish(
      {
        replies: {
          rcpt: (line) => {
            recipient = /<(.*)>/.exec(line)?.[1] ?? ''
            return '250 ok'
          },
          dot: () => (hangUps.has(recipient) ? '' : '250 2.0.0 ok'),
        },
      },
      { connections: 1 },
    )
    const { run, recipients } = given
    expect((await run('send', ...now)).status).toBe(3)
    const known = await run('resolve', edition, '--resend', 'ann@example.org', 'cy@example.net')
    expect([known.status, known.stderr]).toEqual([
      2,
      `tidings: cy@example.net is submitted, not uncertain: 'tidings status ${edition}' names those that are\n`,
    ])
    const nobody = await run('resolve', edition, '--skip', 'x@example.org')
    expect(nobody.stderr).toContain('x@example.org is no reader of this edition')
    hangUps.clear()
    const { stdout } = await run('resolve', edition, '--resend', 'Ann@example.org')
    expect(stdout).toBe(
      "1 delivery will be sent again by the next 'tidings send'. 1 more is undecided.\n",
    )
    await run('send', ...now)
    expect(recipients().filter((one) => one === 'ann@example.org').length).toBe(2)
    const rest = await run('resolve', edition, '--skip', '--json')
    expect(JSON.parse(rest.stdout)).toEqual({
      edition,
      decision: 'skip',
      resolved: 1,
      uncertain: 0,
    })
  })
})
