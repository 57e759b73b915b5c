import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open-store.ts'
import { readSubscribersCsv, writeSubscribersCsv } from '../../src/subscribers/csv.ts'
import { folderOf, newPublication, publication, root, start, tidings } from './cli.ts'

async function list() {
  const folder = await newPublication({ 'tidings.config.json': JSON.stringify({ publication }) })
  const run = async (args: readonly string[], input?: string | Uint8Array) => {
    const ended = await tidings(
      ['-C', folder, 'subscribers', ...args],
      input === undefined ? {} : { input },
    )
    return { ...ended, lines: ended.stdout.trimEnd().split('\n') }
  }
  return { folder, run }
}

describe('tidings subscribers', () => {
  it('adds, lists, removes, and brings nobody back who has left', async () => {
    const { run } = await list()
    expect(
      (await run(['add', 'ann@Example.ORG', '--name', 'Ann', '--language', 'es'])).status,
    ).toBe(0)
    expect((await run(['list'])).lines).toEqual(['ann@example.org  Ann  es  active', '1 active'])
    expect((await run(['remove', 'ANN@example.org', 'who@example.org'])).status).toBe(3)
    const again = await run(['add', 'ann@example.org'])
    expect(again).toMatchObject({ status: 3, stdout: expect.stringContaining('--returning') })
    await run(['import', '-'], 'email\nann@example.org\n')
    expect((await run(['list'])).stdout).toContain('unsubscribed')
    await run(['add', 'ann@example.org', '--returning'])
    expect((await run(['list', '--status', 'active'])).stdout).toContain('ann@example.org')
  })

  it('keeps a name on one line, whatever it was', async () => {
    const { run } = await list()
    await run([
      'add',
      'ann@example.org',
      '--name',
      'Ann\r\nforged@example.org  Eve  active\u001b[2J',
    ])
    expect((await run(['list'])).lines).toHaveLength(2)
  })

  it('reports each bad line of an import with its number, and takes the rest', async () => {
    const { run } = await list()
    const csv =
      'Name;E-Mail\n"Müller; Jörg";jörg@example.org\nNobody;nobody\nAnn;ann@example.org\nTwice;ANN@example.org\n'
    const { status, stdout, stderr } = await run(['import', '-', '--json'], csv)
    expect(status).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ added: 2, errors: [{ file: '-', line: 3 }] })
    expect(stderr).toMatch(/left out -:3: /)
    expect((await run(['list'])).stdout).toContain('jörg@example.org  Müller; Jörg')
  })

  it.each([
    ['no addresses', 'who,where\nann,here\n', 'must name the columns'],
    ['an empty file', '', 'is empty'],
    ['not text', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 9, 0]), 'save it as "CSV UTF-8"'],
  ])('answers %s with the remedy', async (_, input, remedy) => {
    const { run } = await list()
    const { status, stderr } = await run(['import', '-'], input)
    expect(status).toBe(2)
    expect(stderr).toContain(remedy)
  })

  it('exports what import takes back', async () => {
    const { run } = await list()
    await run(
      ['import', '-'],
      'email,name,status,fields.town,phone,joined,left\n' +
        'ann@example.org,=1+1,active,-Bath,123,,\n' +
        'bob@example.org,Bob,unsubscribed,,,2024-01-02,2024-02-03\n',
    )
    const { stdout } = await run(['export'])
    const [joined] = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(stdout) ?? []
    const other = await list()
    await other.run(['import', '-'], stdout)
    expect((await other.run(['export'])).stdout).toBe(stdout)
    expect(stdout).toBe(
      'address,name,language,status,topics,reason,joined,left,fields.town\n' +
        `ann@example.org,'=1+1,,active,,,${joined},,'-Bath\n` +
        `bob@example.org,Bob,,unsubscribed,,,2024-01-02T00:00:00.000Z,2024-02-03T00:00:00.000Z,\n`,
    )
  })

  it('gives back the topics that went in, and names what is no topic', async () => {
    const { run } = await list()
    const csv =
      'email,topics\nann@example.org,"tech, Arts"\nbob@example.org,none\ncy@example.org,\ndi@example.org,arts Ängste\n'
    const { stderr } = await run(['import', '-'], csv)
    expect(stderr).toContain("warning -:5: topic 'ängste' is left out")
    const { stdout } = await run(['export'])
    const rows = stdout.split('\n').slice(1, 5)
    expect(rows.map((row) => row.replace(/,,[^,]+,$/, ''))).toEqual([
      'ann@example.org,,,active,arts tech',
      'bob@example.org,,,active,none',
      'cy@example.org,,,active,',
      'di@example.org,,,active,arts',
    ])
    const other = await list()
    await other.run(['import', '-'], stdout)
    expect((await other.run(['export'])).stdout).toBe(stdout)
    expect((await run(['list'])).stdout).toContain('ann@example.org  active  topics: arts tech\n')
  })

  it('takes no topic that the configuration does not have', async () => {
    const { run } = await list()
    const { status, stderr } = await run(['add', 'ann@example.org', '--topics', 'tech'])
    expect(status).toBe(2)
    expect(stderr).toContain('--topics tech: not in newsletter.topics of tidings.config.json')
  })

  it('gives back any name and language that went in', async () => {
    const { folder } = await list()
    const store = await openSqliteStore(join(folder, 'any.db'))
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.nat(), async (name, number) => {
        const person = { address: `p${number}@example.org`, name: 'x' }
        await store.subscribers.add([person], new Date())
        const csv = `address,name\n${person.address},"${name.replaceAll('"', '""')}"\n`
        const [read] = readSubscribersCsv(csv, { file: 'list.csv', now: new Date() }).subscribers
        if (!read) return
        await store.subscribers.add([read], new Date())
        let text = ''
        for await (const piece of writeSubscribersCsv(store.subscribers.list(), [])) text += piece
        const back = readSubscribersCsv(text, { file: 'back.csv', now: new Date() }).subscribers
        const found = await store.subscribers.find(person.address)
        expect(back.find(({ address }) => address === person.address)?.name).toBe(found?.name)
      }),
      { numRuns: 60 },
    )
    await store.close()
  })

  it('erases nobody whom the list beside the content would bring back', async () => {
    const folder = await newPublication()
    await tidings(['publish', '-C', folder])
    const { status, stderr } = await tidings([
      'subscribers',
      'erase',
      'bob@example.org',
      '-C',
      folder,
    ])
    expect(status).toBe(2)
    expect(stderr).toContain('content/subscribers.csv names bob@example.org')
  })

  it('erases all that is held on somebody', async () => {
    const { run } = await list()
    await run(['add', 'ann@example.org', '--name', 'Ann'])
    expect((await run(['erase', 'ann@example.org'])).status).toBe(0)
    expect((await run(['list'])).stdout).toBe('0 active\n')
    const again = await run(['add', 'ann@example.org'])
    expect(again).toMatchObject({ status: 3, stdout: expect.stringContaining('--returning') })
    const back = await run(['add', 'ann@example.org', '--returning'])
    expect(back.stdout).toContain('added')
  })

  it('shows what it understands of a list and stores nothing, not even a store', async () => {
    const folder = await folderOf({ 'tidings.config.json': JSON.stringify({ publication }) })
    const csv = [
      'Email Address;First Name;MEMBER_RATING;Shoe Size;UNSUB_TIME',
      'ann@gmial.com;Ann;2;38;',
      'bob@example.org;Bob;2;;2024-01-02 03:04:05',
      'nobody;;;;',
      'ann@gmial.com;Ann;2;;',
    ].join('\n')
    const { status, stdout, stderr } = await tidings(
      ['-C', folder, 'subscribers', 'import', '-', '--dry-run'],
      { input: csv },
    )
    expect(status).toBe(3)
    expect(stdout).toContain('-: an export of Mailchimp, UTF-8, separated by semicolons\n')
    expect(stdout).toMatch(/^Shoe Size +fields\.shoe_size$/m)
    expect(stdout).toMatch(/^MEMBER_RATING +\(left out\)$/m)
    expect(stdout).toMatch(/^UNSUB_TIME +left, unsubscribed when filled$/m)
    expect(stdout).toMatch(/^active +2$/m)
    expect(stdout).toMatch(/^unsubscribed +1$/m)
    expect(stdout).toMatch(/^cannot be used +1$/m)
    expect(stdout).toContain('1 line of an address that stands above already')
    expect(stdout).toMatch(/^ {2}gmial\.com +gmail\.com\? +2, the first at -:2$/m)
    expect(stdout).toContain('Nothing is stored')
    expect(stderr).toContain("left out -:4: 'nobody' has no @")
    expect(await readdir(folder)).toEqual(['tidings.config.json'])
  })

  it('takes several files, and lets none of them bring back whom another one keeps out', async () => {
    const { run } = await list()
    const file = (name: string) => join(root, 'tests/fixtures/lists', name)
    const files = ['cleaned', 'unsubscribed', 'subscribed'].map((part) =>
      file(`mailchimp-${part}.csv`),
    )
    const { status, stdout } = await run(['import', ...files])
    expect(status).toBe(0)
    expect(stdout).toContain('4 added')
    const again = await run(['import', '-'], 'email\ncyd@example.org\ndan@example.org\n')
    expect(again.stdout).toContain('0 added, 2 kept out')
    expect((await run(['list'])).stdout).toContain('2 active, 1 unsubscribed, 1 suppressed')
  })

  it('writes the lines that it cannot use into a file, which goes in again when it is mended', async () => {
    const { folder, run } = await list()
    const csv = 'email,name\nann@example.org,Ann\nbob.example.org,=Bob\n'
    expect((await run(['import', '-', '--rejects', 'no.csv'], csv)).status).toBe(3)
    const rejects = await readFile(join(folder, 'no.csv'), 'utf8')
    expect(rejects).toMatch(
      /^email,name,rejected line,rejected because\nbob\.example\.org,'=Bob,'-:3,/,
    )
    expect((await stat(join(folder, 'no.csv'))).mode & 0o077).toBe(0)
    const second = await run(['import', '-', '--rejects', 'no.csv'], csv)
    expect(second).toMatchObject({ status: 2, stderr: expect.stringContaining('is there already') })
    await run(['import', '-'], rejects.replace('bob.', 'bob@'))
    expect((await run(['list'])).stdout).toContain('bob@example.org  =Bob')
  })

  it('stops in good order when it is interrupted, and goes on when it is run again', async () => {
    const { folder } = await list()
    const rows = Array.from({ length: 60_000 }, (_, n) => `r${n}@example.org,Reader ${n}`)
    await writeFile(join(folder, 'many.csv'), `email,name\n${rows.join('\n')}\n`)
    const { child, ended } = start(['-C', folder, 'subscribers', 'import', 'many.csv'])
    // The log grows with the first commit, the database not before the last
    const log = join(folder, '.tidings/tidings.db-wal')
    await expect
      .poll(async () => (await stat(log).catch(() => undefined))?.size ?? 0, {
        interval: 5,
        timeout: 60_000,
      })
      .toBeGreaterThan(100_000)
    child.kill('SIGINT')
    const { status, stdout } = await ended
    const [, added = ''] = /^(\d+) added/m.exec(stdout) ?? []
    const again = await tidings(['-C', folder, 'subscribers', 'import', 'many.csv', '--json'])
    if (status !== 0) {
      expect(status).toBe(130)
      expect(stdout).toMatch(/^Stopped at many\.csv:\d+\. What was taken stays/m)
    }
    expect(JSON.parse(again.stdout)).toMatchObject({
      added: 60_000 - Number(added),
      unchanged: Number(added),
    })
  }, 120_000)
})
