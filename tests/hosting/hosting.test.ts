import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { caddyfile } from '../../src/hosting/caddy.ts'
import { headersFile, redirectsFile } from '../../src/hosting/headers-file.ts'
import { nginxConf } from '../../src/hosting/nginx.ts'
import { encodePath, type SiteRules } from '../../src/hosting/site-rules.ts'
import { has } from '../has.ts'
import { startSite } from '../http/site.ts'

const files = {
  'index.html': '<p>front</p>',
  'rss.xml': `<rss>${'x'.repeat(500)}</rss>`,
  'atom.xml': '<feed/>',
  'feed.json': '{}',
  'feeds.opml': '<opml/>',
  'tidings.css': 'p {}',
  'tags/ñandú/rss.xml': '<rss/>',
  'tags/ñandú/index.html': '<p>tag</p>',
  'archive/1/atom.xml': '<feed/>',
  'editions/index.html': '<p>all</p>',
  'editions/2026-01/index.html': '<p style="color: red">x</p>',
  'icon.png': 'png',
  'outbox/new/1.tidings': 'private',
  '.secret': 'private',
  _headers: 'x',
}
const hubs = ['https://hub.example.org/?a=$b%22c']
const rules: SiteRules = {
  url: 'https://example.org/',
  hubs,
  moved: new Map([
    ['old feed/$x.xml', 'https://example.org/rss.xml?a=$b'],
    ['wp/', 'https://elsewhere.example.org/'],
  ]),
  gone: ['gone "too"', 'año/$x {y}'],
  hidden: ['outbox'],
}
const compared = [
  'Content-Type',
  'Cache-Control',
  'Content-Security-Policy',
  'Referrer-Policy',
  'X-Content-Type-Options',
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
  'Link',
]

/** A web server that we did not write, with the configuration that a build writes for it. */
async function startOther(
  program: 'nginx' | 'caddy',
): Promise<{ url: string; [Symbol.asyncDispose](): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-hosting-'))
  const port = await freePort()
  for (const [path, contents] of Object.entries(files)) {
    await mkdir(dirname(join(folder, 'out', path)), { recursive: true })
    await writeFile(join(folder, 'out', path), contents)
  }
  const conf = join(folder, 'server.conf')
  await writeFile(join(folder, 'rules'), program === 'nginx' ? nginxConf(rules) : caddyfile(rules))
  await writeFile(conf, program === 'nginx' ? nginxServer(folder, port) : caddySite(folder, port))
  const args =
    program === 'nginx'
      ? ['-c', conf, '-e', join(folder, 'error.log')]
      : ['run', '--config', conf, '--adapter', 'caddyfile']
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (data) => (said += data))
  const url = `http://127.0.0.1:${port}/`
  for (;;) {
    if (child.exitCode !== null) throw new Error(said)
    if (await fetch(url).then(Boolean, () => false)) break
    await pause(50)
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function nginxServer(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/temporary;`)
    .join(' ')
  return `user root; pid ${folder}/pid; daemon off; error_log ${folder}/error.log; events { }
http { include /etc/nginx/mime.types; access_log off; ${temporary}
  server { listen 127.0.0.1:${port}; root ${folder}/out; include ${folder}/rules; } }`
}

function caddySite(folder: string, port: number): string {
  return `{\n admin off\n auto_https off\n}
http://127.0.0.1:${port} {\n root * ${folder}/out\n import ${folder}/rules\n}\n`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

describe.each(['nginx', 'caddy'] as const)('%s', (program) => {
  const isThere = has(program, program === 'nginx' ? '-v' : 'version')
  it.skipIf(!isThere)(
    'serves out/ as tidings serve does, by the configuration of a build',
    async () => {
      await using site = await startSite(files, {
        hubs,
        moved: Object.fromEntries(rules.moved),
        gone: rules.gone,
        url: rules.url,
      })
      await using other = await startOther(program)
      const ask = (base: string, path: string, init: RequestInit = {}) =>
        fetch(base + encodePath(path), { redirect: 'manual', ...init })
      for (const path of [
        '',
        ...Object.keys(files),
        'old feed/$x.xml',
        'wp/',
        ...rules.gone,
        'no',
      ]) {
        const [ours, theirs] = await Promise.all([ask(site.url, path), ask(other.url, path)])
        // Names that mean something to other hosts only: we have nothing against showing them
        if (path === '_headers') {
          expect(theirs.status).toBe(404)
          continue
        }
        expect([path, theirs.status]).toEqual([path, ours.status])
        if (ours.status === 301) {
          expect(plain(theirs.headers.get('Location'))).toBe(plain(ours.headers.get('Location')))
        }
        if (ours.status !== 200) continue
        for (const name of compared) {
          const value = theirs.headers.get(name)
          expect([path, name, plain(value)]).toEqual([path, name, plain(ours.headers.get(name))])
        }
        expect(await theirs.text()).toBe(await ours.text())
      }
      for (const path of ['rss.xml', 'tags/ñandú/rss.xml', 'archive/1/atom.xml', 'feed.json']) {
        const opened = { headers: { 'Sec-Fetch-Dest': 'document' } }
        const [ours, theirs] = await Promise.all([
          ask(site.url, path, opened),
          ask(other.url, path, opened),
        ])
        expect([path, theirs.status]).toEqual([path, 200])
        for (const name of compared) {
          const value = theirs.headers.get(name)
          expect([path, name, plain(value)]).toEqual([path, name, plain(ours.headers.get(name))])
        }
        const vary = theirs.headers.get('Vary')?.toLowerCase() ?? ''
        expect(vary.includes('sec-fetch-dest')).toBe(path.endsWith('.xml'))
        expect(await theirs.text()).toBe(await ours.text())
      }
      const first = await ask(other.url, 'rss.xml', { headers: { 'Accept-Encoding': 'gzip' } })
      expect(first.headers.get('Content-Encoding')).toBe('gzip')
      const again = { 'If-None-Match': first.headers.get('ETag') ?? '' }
      expect((await ask(other.url, 'rss.xml', { headers: again })).status).toBe(304)
      const range = await ask(other.url, 'rss.xml', { headers: { Range: 'bytes=0-4' } })
      expect(range.status).toBe(206)
      const options = await ask(other.url, 'rss.xml', { method: 'OPTIONS' })
      expect(options.status).toBe(204)
      expect(options.headers.get('Access-Control-Allow-Headers')).toContain('If-None-Match')
    },
  )
})

/** What is as good in a URL as another way to write it. */
function plain(value: string | null): string | undefined {
  return value
    ?.replaceAll('%24', '$')
    .replaceAll('%22', '"')
    .replace(/charset=UTF-8/, 'charset=utf-8')
    .toLowerCase()
}

/** Paths that follow each other and have the same lines share these. */
function withoutRepeats(text: string): string {
  const [title = '', ...blocks] = text.split(/^(?=\/)/m)
  const groups: { paths: string; lines: string }[] = []
  for (const block of blocks) {
    const [path = '', lines = ''] = block.split(/\n(.*)/s)
    const last = groups.at(-1)
    if (last?.lines === lines) last.paths += ` ${path}`
    else groups.push({ paths: path, lines })
  }
  return title + groups.map(({ paths, lines }) => `${paths}\n${lines}`).join('')
}

describe('_headers and _redirects', () => {
  it('say the same for hosts that read them', () => {
    const text = headersFile(rules)
    expect(withoutRepeats(text)).toMatchInlineSnapshot(`
      "# Written by tidings build
      /*
        X-Content-Type-Options: nosniff
        Referrer-Policy: no-referrer
      / /index.html /tidings.css /feed.css /tags/* /authors/* /sections/* /languages/* /archive/*
        Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        Cache-Control: public, no-cache
      /editions/*
        Content-Security-Policy: default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' http: https: data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        Cache-Control: public, no-cache
      /rss.xml
        Content-Type: application/xml; charset=utf-8
        Access-Control-Allow-Origin: *
        Access-Control-Expose-Headers: ETag, Last-Modified, Link, Content-Length, Content-Range, IM, Delta-Base
        Link: <https://example.org/rss.xml>; rel="self", <https://hub.example.org/?a=$b%22c>; rel="hub"
        Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        Cache-Control: public, no-cache
      /*/rss.xml
        Content-Type: application/xml; charset=utf-8
        Access-Control-Allow-Origin: *
        Access-Control-Expose-Headers: ETag, Last-Modified, Link, Content-Length, Content-Range, IM, Delta-Base
      /atom.xml
        Content-Type: application/xml; charset=utf-8
        Access-Control-Allow-Origin: *
        Access-Control-Expose-Headers: ETag, Last-Modified, Link, Content-Length, Content-Range, IM, Delta-Base
        Link: <https://example.org/atom.xml>; rel="self", <https://hub.example.org/?a=$b%22c>; rel="hub"
        Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        Cache-Control: public, no-cache
      /*/atom.xml
        Content-Type: application/xml; charset=utf-8
        Access-Control-Allow-Origin: *
        Access-Control-Expose-Headers: ETag, Last-Modified, Link, Content-Length, Content-Range, IM, Delta-Base
      /feed.json
        Content-Type: application/feed+json
        Access-Control-Allow-Origin: *
        Access-Control-Expose-Headers: ETag, Last-Modified, Link, Content-Length, Content-Range, IM, Delta-Base
        Link: <https://example.org/feed.json>; rel="self", <https://hub.example.org/?a=$b%22c>; rel="hub"
        Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        Cache-Control: public, no-cache
      /*/feed.json
        Content-Type: application/feed+json
        Access-Control-Allow-Origin: *
        Access-Control-Expose-Headers: ETag, Last-Modified, Link, Content-Length, Content-Range, IM, Delta-Base
      /feeds.opml
        Content-Type: text/x-opml; charset=utf-8
        Access-Control-Allow-Origin: *
        Access-Control-Expose-Headers: ETag, Last-Modified, Link, Content-Length, Content-Range, IM, Delta-Base
        Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        Cache-Control: public, no-cache
      /*.png /*.jpg /*.jpeg /*.gif /*.webp /*.avif /*.svg /*.ico /*.mp3 /*.m4a /*.ogg /*.opus /*.mp4 /*.webm
        Cache-Control: public, max-age=86400
      "
    `)
    expect(redirectsFile(rules)).toMatchInlineSnapshot(`
      "# Written by tidings build
      /old%20feed/%24x.xml https://example.org/rss.xml?a=$b 301
      /wp/ https://elsewhere.example.org/ 301
      "
    `)
  })
})
