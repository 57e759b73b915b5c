import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rss } from '../check/samples.ts'
import { startWebServer } from '../check/web-server.ts'
import { article, folderOf, newPublication, newsletter, publication, root, tidings } from './cli.ts'

const now = ['--now', '2026-11-01T00:00:00Z']
const server = { url: 'https://news.example.org/' }

async function check(...args: readonly string[]) {
  const { status, stdout, stderr } = await tidings(['check', '--json', ...args, ...now])
  return { status, stderr, ...JSON.parse(stdout || '{}') }
}

describe('tidings check, of a publication', () => {
  it('has nothing to object to where all is well, and writes nothing', async () => {
    const folder = await newPublication({}, { server })
    const before = await readdir(folder)
    const { status, documents, findings } = await check('-C', folder)
    expect({ status, findings }).toEqual({ status: 0, findings: [] })
    expect(documents).toBe(7)
    expect((await readdir(folder)).filter((name) => name !== '.tidings')).toEqual(before)
  })

  it('has nothing to object to in the sample', async () => {
    const folder = await folderOf({
      'tidings.config.json': JSON.stringify({
        publication,
        feeds: { per: ['tag', 'author', 'section', 'language'], limit: 3, archives: true },
      }),
    })
    await cp(join(root, 'content'), join(folder, 'content'), { recursive: true })
    const { stdout } = await tidings(['check', '--json', '-C', folder])
    expect(JSON.parse(stdout).findings).toEqual([])
  })

  it('names the article and the line that cause a finding, once for all documents that show it', async () => {
    const folder = await newPublication(
      { 'content/old.md': article('The <b>first</b> page &amp; more', '1989-03-12') },
      { server },
    )
    const { status, findings } = await check('-C', folder)
    expect(status).toBe(3)
    const causes = findings.map(({ code, source }: { code: string; source: object }) => [
      code,
      source,
    ])
    expect(causes).toContainEqual(['html-in-text', { file: 'content/old.md', line: 2 }])
    expect(causes).toContainEqual(['date-implausible', { file: 'content/old.md', line: 3 }])
    // In RSS and JSON; Atom has a way to say what it is
    expect(findings.find(({ code }: { code: string }) => code === 'html-in-text').also).toBe(1)
  })

  it('names the article of what stands in the text of a document as such', async () => {
    const folder = await newPublication(
      {
        'content/raw.html': '---\ntitle: Raw\ndate: 2026-01-01\n---\n<p>bad &#0; one</p>',
        'content/tongue.md': '---\ntitle: T\ndate: 2026-01-02\nlang: zz-ZZ\n---\nText',
      },
      { server },
    )
    const { findings } = await check('-C', folder)
    const files = findings.map(({ code, source }: { code: string; source: { file: string } }) => [
      code,
      source.file,
    ])
    expect(files).toContainEqual(['characters-bad', 'content/raw.html'])
    expect(files).toContainEqual(['language-unknown', 'content/tongue.md'])
    expect(files).not.toContainEqual(['language-unknown', 'tidings.config.json'])
  })

  it('tells what is legal in the configuration and unwise, with its line', async () => {
    const config = JSON.stringify(
      { publication: { ...publication, url: 'http://example.org/' }, newsletter },
      null,
      1,
    )
    const folder = await newPublication({ 'tidings.config.json': config })
    const { status, findings } = await check('-C', folder)
    expect(status).toBe(3)
    expect(findings).toMatchObject([
      { code: 'config-publication-url', file: 'tidings.config.json', line: 5 },
      { code: 'config-server-url' },
    ])
  })

  it('tells what the reading of the content warns of', async () => {
    const matter = '---\ntitle: A\ndate: 2026-10-02\nupdated: 2026-10-01\n---\n\nText.\n'
    const folder = await newPublication({ 'content/a.md': matter }, { server })
    expect((await check('-C', folder)).findings).toMatchObject([
      { code: 'content', severity: 'warning', file: 'content/a.md', line: 4 },
    ])
  })
})

describe('tidings check, of a file or an address', () => {
  it('needs no publication', async () => {
    const folder = await folderOf({
      'good.xml': rss(),
      'bad.xml': rss({ item: '<link>/a</link>' }),
    })
    expect(await check('-C', folder, 'good.xml')).toMatchObject({ status: 0, findings: [] })
    const { status, stdout } = await tidings(['check', '-C', folder, 'good.xml', 'bad.xml', ...now])
    expect(status).toBe(3)
    expect(stdout).toContain("bad.xml:13:7: error: <link> '/a' is no absolute URL")
    expect(stdout).toContain('1 error, 0 warnings in 2 documents')
  })

  it('tells redirects, media types, and where the document is', async () => {
    await using web = await startWebServer(({ url }, response) => {
      if (url === '/feed') response.writeHead(301, { location: '/rss.xml' }).end()
      else if (url === '/rss.xml')
        response.writeHead(200, { 'content-type': 'text/plain' }).end(rss())
      else response.writeHead(404).end('nothing')
    })
    const { status, findings } = await check(`${web.url}feed`, `${web.url}gone`)
    expect(status).toBe(3)
    expect(findings.map(({ code }: { code: string }) => code)).toEqual([
      'redirect-permanent',
      'media-type',
      'self-mismatch',
      'http-status',
    ])
  })

  it('says what is wrong with the command line, or that nobody answers', async () => {
    const folder = await folderOf({ 'a/b': '' })
    for (const path of ['none.xml', 'a', 'ftp://example.org/'])
      expect(await check('-C', folder, path)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(path),
      })
    expect(await check('http://127.0.0.1:9/')).toMatchObject({ status: 4 })
  })
})
