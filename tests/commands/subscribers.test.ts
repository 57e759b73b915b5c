import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open-store.ts'
import { readSubscribersCsv, writeSubscribersCsv } from '../../src/subscribers/csv.ts'
import { newPublication, publication, tidings } from './cli.ts'

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
    ['no header row', 'ann@example.org,Ann\n', 'header row'],
    ['an empty file', '', 'is empty'],
    ['not text', new Uint8Array([0xff, 0x00, 0xfe, 0x80]), 'save it as "CSV UTF-8"'],
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
      'email,name,status,fields.town,phone\n' +
        'ann@example.org,=1+1,active,-Bath,123\nbob@example.org,Bob,unsubscribed,,\n',
    )
    const { stdout } = await run(['export'])
    const other = await list()
    await other.run(['import', '-'], stdout)
    expect((await other.run(['export'])).stdout).toBe(stdout)
    expect(stdout).toBe(
      'address,name,language,status,topics,fields.town\n' +
        "ann@example.org,'=1+1,,active,,'-Bath\nbob@example.org,Bob,,unsubscribed,,\n",
    )
  })

  it('gives back the topics that went in, and names what is no topic', async () => {
    const { run } = await list()
    const csv =
      'email,topics\nann@example.org,"tech, Arts"\nbob@example.org,none\ncy@example.org,\ndi@example.org,arts Ängste\n'
    const { stderr } = await run(['import', '-'], csv)
    expect(stderr).toContain("warning -:5: topic 'ängste' is left out")
    const { stdout } = await run(['export'])
    expect(stdout.split('\n').slice(1, 5)).toEqual([
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
        const [read] = readSubscribersCsv(csv, 'list.csv').subscribers
        if (!read) return
        await store.subscribers.add([read], new Date())
        let text = ''
        for await (const piece of writeSubscribersCsv(store.subscribers.list(), [])) text += piece
        const back = readSubscribersCsv(text, 'back.csv').subscribers
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
})
