import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderOf, newPublication, publication, tidings } from './cli.ts'

describe('tidings init', () => {
  it('makes a publication that builds and publishes as it is', async () => {
    const folder = join(await folderOf({}), 'My "Paper", & more')
    expect((await tidings(['init', folder])).status).toBe(0)
    const built = await tidings(['build', '--json', '-C', folder])
    expect(JSON.parse(built.stdout)).toMatchObject({ articles: 1, warnings: [] })
    const dry = await tidings(['send', '--dry-run', '--json', '-C', folder])
    expect(JSON.parse(dry.stdout)).toMatchObject({ recipients: 1 })
    expect((await tidings(['publish', '-C', folder])).status).toBe(0)
    expect(await readdir(join(folder, 'outbox/new'))).toHaveLength(1)
    const feed = JSON.parse(await readFile(join(folder, 'out/feed.json'), 'utf8'))
    expect(feed.title).toBe('My "Paper", & more')
  })

  it('overwrites nothing', async () => {
    const folder = await folderOf({ 'content/hello.md': 'mine' })
    const { status, stderr } = await tidings(['init', folder])
    expect(status).toBe(2)
    expect(stderr).toContain('content/hello.md')
    expect(await readdir(folder)).toEqual(['content'])
  })

  it('puts no second configuration beside one of another kind', async () => {
    const folder = await newPublication()
    const { status, stderr } = await tidings(['init', folder])
    expect(status).toBe(2)
    expect(stderr).toContain('tidings.config.json')
  })

  it('gives templates that can be changed, and names the line of a fault in one', async () => {
    const folder = join(await folderOf({}), 'paper')
    await tidings(['init', folder])
    const file = join(folder, 'templates/digest.mjml')
    const template = await readFile(file, 'utf8')
    await writeFile(
      file,
      template.replace(
        '</mj-body>',
        '<mj-section><mj-column><mj-text>Ours: {{ edition.id }}</mj-text></mj-column></mj-section></mj-body>',
      ),
    )
    await tidings(['send', '--dry-run', '-C', folder, '--now', '2030-01-01'])
    const html = await readFile(join(folder, 'out/editions/2030-01-01/message.html'), 'utf8')
    expect(html).toContain('Ours: 2030-01-01')
    await writeFile(
      file,
      template.replace('</mj-body>', '<mj-text bogus="1">{{ nothing }}</mj-text></mj-body>'),
    )
    const broken = await tidings(['send', '--dry-run', '-C', folder])
    expect(broken.status).toBe(2)
    expect(broken.stderr).toMatch(/templates\/digest\.mjml:\d+: /)
  })
})

// Our own words, with the faults of texts that were copied from pages: title twice, curly quotes without a space
// after them, a call to share, a label with nothing behind it.
const text = (title: string, ...body: string[]) =>
  [title, '', title, '', ...body.flatMap((paragraph) => [paragraph, '']), ...tail].join('\r\n')
const tail = [
  'Pictures from this column hang in the reading room.',
  '',
  'If you liked this article, share it with your friends.',
  '',
  'Related Posts:',
]

describe('tidings import text', () => {
  it('makes an article: the title once, the paragraphs as typed, no boilerplate', async () => {
    const folder = await newPublication({
      'in/harbour.txt': text(
        'The harbour opens again',
        '“We waited”she said (…) .',
        'Boats came in.',
      ),
      'in/bridge.txt': text('The bridge stays shut', 'Rust, says the town.'),
    })
    const files = [join(folder, 'in/harbour.txt'), join(folder, 'in/bridge.txt')]
    const { status, stdout } = await tidings([
      'import',
      'text',
      ...files,
      '--date',
      '2024-05-06',
      '--json',
      '-C',
      folder,
    ])
    expect(status).toBe(0)
    expect(JSON.parse(stdout).written).toEqual([
      'content/2024-05-06-the-harbour-opens-again.txt',
      'content/2024-05-06-the-bridge-stays-shut.txt',
    ])
    const file = await readFile(
      join(folder, 'content/2024-05-06-the-harbour-opens-again.txt'),
      'utf8',
    )
    expect(file).toBe(
      '---\ntitle: "The harbour opens again"\ndate: 2024-05-06\nsource: "harbour.txt"\n---\n\n“We waited”she said (…) .\n\nBoats came in.\n',
    )
    await tidings(['build', '-C', folder, '--now', '2026-11-01'])
    const feed = JSON.parse(await readFile(join(folder, 'out/feed.json'), 'utf8'))
    const item = feed.items.find(
      ({ title }: { title: string }) => title === 'The harbour opens again',
    )
    expect(item.content_html).not.toContain('harbour opens')
    expect(item.content_html).toContain('“We waited”she said (…) .')
  })

  it('leaves an article alone that is there already, edited or not', async () => {
    const folder = await newPublication({ 'a.txt': text('A title', 'Some text.') })
    const run = () =>
      tidings([
        'import',
        'text',
        join(folder, 'a.txt'),
        '--date',
        '2024-05-06',
        '--json',
        '-C',
        folder,
      ])
    await run()
    await writeFile(join(folder, 'content/2024-05-06-a-title.txt'), 'edited')
    expect(JSON.parse((await run()).stdout)).toMatchObject({
      written: [],
      kept: ['content/2024-05-06-a-title.txt'],
    })
    expect(await readFile(join(folder, 'content/2024-05-06-a-title.txt'), 'utf8')).toBe('edited')
  })

  it('says what is missing, and what is wrong with a pattern of the configuration', async () => {
    const folder = await newPublication({ 'a.txt': text('A title', 'Some text.') })
    const undated = await tidings(['import', 'text', join(folder, 'a.txt'), '-C', folder])
    expect(undated.status).toBe(2)
    expect(undated.stderr).toContain('--date YYYY-MM-DD')
    await writeFile(
      join(folder, 'tidings.config.json'),
      JSON.stringify({ publication, content: { strip: ['^(Related'] } }),
    )
    const pattern = await tidings(['import', 'text', join(folder, 'a.txt'), '-C', folder])
    expect(pattern.status).toBe(2)
    expect(pattern.stderr).toContain('content.strip')
  })
})
