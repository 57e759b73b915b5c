import { pbkdf2 } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { Parser } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { changeLetters } from '../../src/commands/change-letters.ts'
import { sendChangeMails } from '../../src/delivery/change-mails.ts'
import { feedAudience } from '../../src/http/audience.ts'
import { openMailer } from '../../src/mail/open-mailer.ts'
import { bounceToken } from '../../src/mail/return-path.ts'
import type { Joins } from '../../src/store/joins.ts'
import { writeSubscribersCsv } from '../../src/subscribers/csv.ts'
import { cleanName } from '../../src/subscribers/name.ts'
import { type Purpose, signToken } from '../../src/subscribers/signed-token.ts'
import { newPublication, tidings } from '../commands/cli.ts'
import { startServer } from '../commands/server.ts'
import { all } from '../contracts/store.ts'
import { templates } from '../edition/templates.ts'
import { publication } from '../feeds/samples.ts'
import { startRelay } from '../mail/relay.ts'
import { temporarySqlite } from '../store/temporary-sqlite.ts'
import * as joining from './join-site.ts'
import { now, startSite } from './site.ts'
import { head, readAnswer, tell } from './tell.ts'

const { startJoinSite } = joining
const oneClick = { 'List-Unsubscribe': 'One-Click' }
const minute = 60_000
const signer = ['a secret of the tests'] as const

type JoinSite = Awaited<ReturnType<typeof startJoinSite>>

function post(site: Pick<JoinSite, 'get'>, path: string, fields: Record<string, string>) {
  return site.get(path, { method: 'POST', body: new URLSearchParams(fields) })
}

/** What opens the doors of one reader, who has asked to move, and of another who has asked to join. */
async function startWithKeys() {
  const site = await startJoinSite()
  const ann = await site.join('ann@example.org')
  await site.ask('new@example.net')
  const link = await site.link()
  await post(site, `preferences/${ann.token}`, { do: 'move', address: 'moved@example.net' })
  const [change] = await site.store.changes.due(now, 1)
  if (!change) throw new Error('nothing is due')
  await site.store.changes.begin(change, { now, mailbox: [], domain: [] })
  return { ...site, ann, link, change }
}

describe('a token', () => {
  it('opens its own door and no other', async () => {
    const site = await startWithKeys()
    await using _ = site
    const { ann, change } = site
    const confirm = site.link.slice(site.link.lastIndexOf('/') + 1)
    const [body = ''] = confirm.split('.')
    const { id } = JSON.parse(Buffer.from(body, 'base64url').toString())[1]
    const expires = new Date(site.now().getTime() + 365 * 24 * 60 * minute)
    const sign = (purpose: Purpose, secrets: readonly [string]) =>
      signToken(purpose, { id, at: '0', text: '', from: '' }, { secrets, expires })
    const changing = signToken(
      'change-address',
      { id: change.id },
      { secrets: site.secrets, expires },
    )
    const keys = [
      ...(['form', 'change-address'] as const).map((purpose) => sign(purpose, signer)),
      ...(['form', 'confirm'] as const).map((purpose) => sign(purpose, site.secrets)),
      ...[changing, confirm, ann.token, ann.id, id, change.id],
      bounceToken('2026-11-01', ann) ?? '',
      ann.token.toLowerCase(),
      `${ann.token}=`,
      `${ann.token}A`,
    ]
    const doors = [
      ['confirm/', confirm, { confirm: 'yes' }],
      ['change-address/', changing, { confirm: 'yes' }],
      ['preferences/', ann.token, { do: 'save' }],
      ['unsubscribe/', ann.token, oneClick],
    ] as const
    const tried = new Set<string>()
    for (const [door, own, fields] of doors) {
      for (const key of keys.filter((one) => one !== own)) {
        tried.add(`${door} ${(await post(site, `${door}${key}`, fields)).status}`)
      }
    }
    // What could be the link of somebody who was erased is told so; it takes nobody off the list
    const erased = 'unsubscribe/ 200'
    expect([...tried].toSorted()).toEqual(
      [...doors.map(([door]) => `${door} 404`), erased].toSorted(),
    )
    for (const key of keys.slice(1)) {
      const asked = await site.send({ address: 'x@example.org', token: key })
      expect(await asked.text()).toContain('One more step')
    }
    expect(await site.subscribers.find('ann@example.org')).toMatchObject({ status: 'active' })
    expect(await site.statusOf('new@example.net')).toBeUndefined()
    for (const [door, own, fields] of doors) {
      expect([door, (await post(site, `${door}${own}`, fields)).status]).toEqual([door, 200])
    }
  })

  it('that has expired moves nobody, whatever it says now', async () => {
    const site = await startWithKeys()
    await using _ = site
    const says = { id: site.change.id }
    const late = signToken('change-address', says, { secrets: site.secrets, expires: now })
    const [, seal = ''] = late.split('.')
    const longer = Buffer.from(JSON.stringify([4e9, says])).toString('base64url')
    for (const token of [late, `${longer}.${seal}`, `${longer}.${'A'.repeat(43)}`, `${longer}.`]) {
      expect((await post(site, `change-address/${token}`, { confirm: 'yes' })).status).toBe(404)
    }
    expect(await site.statusOf('ann@example.org')).toBe('active')
  })

  it('that was used, or outlived by what became of its reader, does nothing again', async () => {
    await using site = await startJoinSite()
    const joined = async (address: string) => {
      await site.ask(address)
      const link = await site.link()
      await site.press(link)
      return link
    }
    const links = {
      erased: await joined('erased@example.org'),
      complained: await joined('complained@example.org'),
      left: await joined('left@example.org'),
    }
    await site.ask('waiting@example.org')
    const waiting = await site.link()
    await site.ask('refused@example.org')
    const refused = await site.link()
    for (const address of ['erased@example.org', 'waiting@example.org']) {
      await site.subscribers.erase(address, site.now())
    }
    await site.subscribers.setStatus('complained@example.org', 'suppressed', site.now())
    await site.subscribers.setStatus('left@example.org', 'unsubscribed', site.now())
    await site.subscribers.add(
      [{ address: 'refused@example.org', name: '', status: 'suppressed' }],
      site.now(),
    )
    for (const link of [...Object.values(links), waiting, refused]) {
      expect((await site.press(link)).status).toBe(404)
    }
    expect(await site.statusOf('erased@example.org')).toBeUndefined()
    expect(await site.statusOf('waiting@example.org')).toBeUndefined()
    expect(await site.statusOf('refused@example.org')).toBe('suppressed')
    expect(await site.statusOf('complained@example.org')).toBe('suppressed')
    expect(await site.statusOf('left@example.org')).toBe('unsubscribed')
  })

  it('to one of two new addresses is worth nothing once the other is confirmed', async () => {
    await using site = await startSite()
    const { token } = await site.join('ann@example.org')
    const secrets = site.secrets
    const expires = new Date(now.getTime() + minute)
    const links: string[] = []
    for (const address of ['one@example.net', 'two@example.net']) {
      await post(site, `preferences/${token}`, { do: 'move', address })
      const [notice] = await site.store.changes.due(now, 1)
      if (!notice) throw new Error('nothing is due')
      await site.store.changes.begin(notice, { now, mailbox: [], domain: [] })
      const key = signToken('change-address', { id: notice.id }, { secrets, expires })
      links.push(`change-address/${key}`)
    }
    const [one = '', two = ''] = links
    expect((await post(site, one, { confirm: 'yes' })).status).toBe(200)
    for (const link of [two, one]) {
      expect((await post(site, link, { confirm: 'yes' })).status).toBe(404)
    }
    expect((await site.subscribers.findByToken(token))?.address).toBe('one@example.net')
  })
})

describe('any answer', () => {
  it('runs nothing, stands in no frame, tells no other site and sets no cookie', async () => {
    const site = await startWithKeys()
    await using _ = site
    await writeFile(join(site.out, 'rss.xml'), '<rss/>')
    const personal = [
      new URL(site.link).pathname,
      ...['', '/data', '/erase'].map((rest) => `/preferences/${site.ann.token}${rest}`),
      `/unsubscribe/${site.ann.token}`,
      '/change-address/nobody',
      '/confirm/nobody',
      '/preferences/nobody',
      '/unsubscribe/nobody',
    ]
    const open = ['/', '/rss.xml', '/missing', '/healthz', '/subscribe', '/%00', '/.x', '//x', '*']
    const methods = [
      'GET',
      'HEAD',
      'OPTIONS',
      'PUT',
      'PATCH',
      'DELETE',
      'TRACE',
      'PROPFIND',
      'POST',
    ]
    for (const target of [...open, ...personal]) {
      for (const method of methods) {
        const heard = await tell(site.origin, `${head(method, target, ['Content-Length: 0'])}\r\n`)
        const { status, fields, body } = readAnswer(heard)
        const where = `${method} ${target} ${status}`
        const policy = fields.get('content-security-policy') ?? ''
        expect([where, policy]).toEqual([where, expect.stringMatching(/^default-src 'none';/)])
        expect([where, policy]).toEqual([where, expect.stringContaining("frame-ancestors 'none'")])
        expect(policy).not.toContain('unsafe')
        expect([where, fields.get('x-content-type-options')]).toEqual([where, 'nosniff'])
        expect([where, fields.get('referrer-policy')]).toEqual([where, 'no-referrer'])
        expect([where, fields.has('set-cookie')]).toEqual([where, false])
        expect([where, status < 500]).toEqual([where, true])
        if (method === 'HEAD') expect([where, body]).toEqual([where, ''])
        if (!personal.includes(target)) continue
        expect([where, fields.get('cache-control')]).toEqual([where, 'no-store'])
        expect([where, fields.has('access-control-allow-origin')]).toEqual([where, false])
      }
    }
    expect(await site.statusOf('ann@example.org')).toBe('active')
  })

  it('leads nowhere else and gives nothing away, whatever is asked for', async () => {
    await using site = await startSite({
      'index.html': 'front',
      'tags/one/index.html': 'one',
      '.secret': 'private',
      'outbox/new/1': 'private',
    })
    await writeFile(join(site.folder, 'secret.txt'), 'private')
    const pieces = fc.constantFrom(
      ...['/', '/', '//', '\\', '%2f', '%5c', '..', '.', '%2e%2e', '%252e%252e', '%00', '%0d%0a'],
      ...['tags', 'one', 'outbox', 'new', '1', '.secret', 'secret.txt', 'out', 'tidings.db'],
      ...['evil.example', '@', ':', ';', '?', '#', 'http://', '%ff', '%c0%ae', '*', '~', ' '],
    )
    const hosts = fc.constantFrom('news.example.org', 'evil.example', 'evil.example:80', '[::1]')
    const starts = fc.constantFrom('/', '/', '/tags', 'http://evil.example/', '//evil.example/', '')
    await fc.assert(
      fc.asyncProperty(
        starts,
        fc.array(pieces, { maxLength: 8 }),
        hosts,
        async (start, rest, host) => {
          const target = `${start}${rest.join('')}`
          const asked = [
            `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nX-Forwarded-Host: evil.example`,
            'Forwarded: host=evil.example;proto=http\r\nX-Original-URL: /.secret',
            'X-Rewrite-URL: /outbox/new/1\r\nConnection: close\r\n\r\n',
          ].join('\r\n')
          const { status, fields, body } = readAnswer(await tell(site.origin, asked))
          expect([200, 301, 400, 404]).toContain(status)
          expect(body).not.toContain('private')
          const place = fields.get('location')
          if (place !== undefined) expect(place).toMatch(/^\.\/[\w.-]+\/$/)
          expect([...fields.values(), body].join('\n')).not.toContain('evil.example')
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is one for each request, however its end is disputed', async () => {
    await using site = await startJoinSite()
    const hidden = 'GET /healthz HTTP/1.1\r\nHost: a.example\r\n\r\n'
    const chunked = 'Transfer-Encoding: chunked'
    const lengths = [
      [`Content-Length: ${hidden.length}`, chunked],
      ['Content-Length: 0', `Content-Length: ${hidden.length}`],
      [`Content-Length: +${hidden.length}`],
      ['Content-Length: -1'],
      ['Transfer-Encoding : chunked'],
      ['Transfer-Encoding: chunked, identity'],
      ['Transfer-Encoding: xchunked'],
      [chunked, 'Transfer-Encoding: identity'],
      ['X: y\r\n Content-Length: 0'],
      ['X: y\0'],
      ['Content-Length: 0\n', ''],
    ]
    for (const fields of lengths) {
      const asked = `${head('POST', '/subscribe', fields)}\r\n0\r\n\r\n${hidden}`
      const heard = await tell(site.origin, asked.replace('Connection: close\r\n', ''))
      expect([fields, heard.match(/^HTTP\/1\.1 /gm)]).toEqual([fields, ['HTTP/1.1 ']])
      expect(readAnswer(heard).status).toBe(400)
    }
    for (const [first, status] of [
      ['CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example', Number.NaN],
      ['GET ftp://evil.example/ HTTP/1.1\r\nHost: evil.example', 400],
      ['GET / HTTP/1.1\r\nHost: "><script>', 400],
      ['GET / HTTP/1.1', 400],
      ['GET /healthz HTTP/1.0', 200],
      ['POST /healthz HTTP/1.1\r\nHost: a.example\r\nX-HTTP-Method-Override: GET', 405],
    ] as const) {
      const heard = await tell(site.origin, `${first}\r\nConnection: close\r\n\r\n`)
      expect([first, readAnswer(heard).status]).toEqual([first, status])
      expect(heard).not.toContain('script')
    }
  })
})

const wild = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '{{ 7 | times: 7 }}{% include "page.html" %}',
    '{{ words }}{%- raw -%}',
    '"><script>alert(1)</script>',
    "' autofocus onfocus='alert(1)",
    '</title><style>*{}</style><img src=x onerror=alert(1)>',
    '&#x3c;script&#x3e;',
    '\uFDD4\uFDD0name\uFDD1',
    '{newsletter}{address}{date}',
    '$&$`$1',
    'a\r\nSet-Cookie: a=b\r\n\r\n<p>',
    '\u202Egnp.exe\u2066',
  ),
)

/** The elements of a page in order, the names of their attributes, and what its fields hold. */
function shapeOf(page: string) {
  const elements: string[] = []
  const values = new Map<string, string>()
  const parser = new Parser({
    onopentag(name, attributes) {
      elements.push(`${name} ${Object.keys(attributes).filter((one) => one !== 'checked')}`)
      if (name === 'input') values.set(attributes.name ?? '', attributes.value ?? '')
    },
  })
  parser.end(page)
  return { elements, values }
}

describe('what somebody writes', () => {
  it('is text and nothing else in the pages that show it again', async () => {
    await using site = await startJoinSite()
    const { token } = await site.join('ann@example.org')
    const path = `preferences/${token}`
    const save = async (name: string) =>
      (await post(site, path, { do: 'save', name, language: 'en' })).text()
    const ask = async (fields: Record<string, string>) =>
      (await site.send({ token: 'x', ...fields })).text()
    const plain = {
      save: shapeOf(await save('Ann')),
      ask: shapeOf(await ask({ address: 'a@b.example' })),
    }
    await fc.assert(
      fc.asyncProperty(wild, wild, wild, async (name, language, from) => {
        const saved = shapeOf(await save(name))
        expect(saved.elements).toEqual(plain.save.elements)
        expect(saved.values.get('name')).toBe(cleanName(name))
        expect((await site.subscribers.findByToken(token))?.name).toBe(cleanName(name))
        const asked = shapeOf(
          await ask({ address: 'a@b.example', name, language, from, topics: from }),
        )
        expect(asked.elements).toEqual(plain.ask.elements)
        expect(asked.values.get('name')).toBe(cleanName(name))
      }),
      { numRuns: 40 },
    )
  })

  it('is a formula in no list that the publisher opens', async () => {
    await using site = await startJoinSite()
    const names = ['=HYPERLINK("https://x.test";"y")', '@SUM(A1)', '+1', '-1', '\t=1', '＝1', "'=1"]
    for (const [n, name] of names.entries()) {
      await site.ask(`=r${n}@example.org`, { name })
      await site.press(await site.link())
    }
    const lines = await all(writeSubscribersCsv(site.subscribers.list(), []))
    const cells = lines
      .join('')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
    expect(cells).toHaveLength(names.length)
    for (const [address = '', name = ''] of cells) {
      expect(address).toMatch(/^'=r\d@/)
      expect(name).toMatch(/^"?'/)
    }
  })

  it('is a field of that name and nothing more, however many there are', async () => {
    await using site = await startJoinSite()
    const form = 'application/x-www-form-urlencoded'
    const part = '--x\r\nContent-Disposition: form-data; name="topics"; filename="a"\r\n\r\n\r\n'
    const bodies = [
      [form, 'topics=x&'.repeat(7000)],
      [form, '__proto__=x&constructor=y&__proto__[a]=1&constructor.prototype.a=1&toString=z'],
      ['multipart/form-data; boundary=x', `${part.repeat(900)}--x--`],
      ['multipart/form-data; boundary=x', `--x\r\n${'X: y\r\n'.repeat(9000)}`],
      ['multipart/form-data', part],
      ['application/json', '{"__proto__":{"address":"a@b.example","a":1},"address":{"a":[]}}'],
      ['application/json', '['.repeat(60_000)],
      ['application/json', `{"address":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
      ['text/plain', 'address=a@b.example'],
    ]
    for (const [type = '', body = ''] of bodies) {
      const headers = { 'Content-Type': type, Accept: 'application/json' }
      const { status } = await site.get('subscribe', { method: 'POST', headers, body })
      expect([type, [400, 422].includes(status)]).toEqual([type, true])
    }
    const packed = { 'Content-Type': form, 'Content-Encoding': 'gzip' }
    const answer = await site.get('subscribe', {
      method: 'POST',
      headers: packed,
      body: '\x1f\x8b\x08',
    })
    expect(answer.status).toBe(422)
    expect(({} as Record<string, unknown>).a).toBeUndefined()
    expect(site.asked).toEqual([])
  })

  it('is no language when it is as long as a letter', async () => {
    await using site = await startJoinSite()
    const page = async (tag: string) => (await site.get(`subscribe?language=${tag}`)).text()
    expect(await page('de-x-short')).toContain('<html lang="de"')
    expect(await page(`de-x${'-a'.repeat(7000)}`)).toContain('<html lang="en"')
  })

  it.each([
    'subscribe',
    'unsubscribe/x',
    'confirm/x',
    'preferences/x',
    'change-address/x',
    'rss.xml',
  ])('is not read when it is 10 MB for %s', async (path) => {
    await using site = await startJoinSite()
    const large = `address=a@example.org&x=${'x'.repeat(10_000_000)}`
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    for (const body of [large, new Blob([large]).stream()]) {
      const init = { method: 'POST', headers, body, duplex: 'half' } as const
      // Who does not stop to send may lose the connection before the answer
      const heard = await site.get(path, init).then(
        ({ status }) => status,
        () => 413,
      )
      expect(heard).toBe(path === 'rss.xml' ? 405 : 413)
    }
    expect((await site.get('subscribe')).status).toBe(200)
    expect(site.asked).toEqual([])
  })
})

describe('the log', () => {
  it('has one line for each request, and no secret, address or mark of a terminal in it', async () => {
    const secret = 'the secret that signs all links'
    const webhooks = { postmark: 'postmark:a-password-of-some-length' }
    const url = 'https://news.example.org/'
    const folder = await newPublication({}, { server: { url, secret, webhooks } })
    expect(await tidings(['publish', '-C', folder])).toMatchObject({ status: 0 })
    await using server = await startServer(folder)
    const targets = [
      ...['/a%0d%0a%1b[31mforged', '/ann@example.org', '/?ann@example.org', '/unsubscribe/%1b[2J'],
      ...[
        '/.tidings/tidings.db',
        '/..%2f.tidings%2ftidings.db',
        '/outbox/new/',
        '/%2etidings/cache',
      ],
      ...['/tidings.config.json', '/../tidings.config.json', '/content/subscribers.csv'],
    ]
    const form = 'address=ann@example.org&name=%1b[31mAnn&token=x'
    const type = 'Content-Type: application/x-www-form-urlencoded'
    const wildly = [
      'User-Agent: \x9b31m{"forged":1}',
      'Referer: https://ann@example.org/',
      'X-Forwarded-For: 203.0.113.9\x85',
    ]
    const credentials = Buffer.from(webhooks.postmark).toString('base64')
    const heard = [
      ...(await Promise.all(
        targets.map((target) => tell(server.origin, `${head('GET', target, wildly)}\r\n`)),
      )),
      await tell(
        server.origin,
        `${head('POST', '/subscribe', [...wildly, type, `Content-Length: ${form.length}`])}\r\n${form}`,
      ),
      await tell(
        server.origin,
        `${head('POST', '/webhooks/postmark', [`Authorization: Basic ${credentials}`, 'Content-Length: 1'])}\r\n{`,
      ),
      await tell(server.origin, `${head('PROPFIND', '/\x1b', wildly)}\r\n`),
    ]
    expect(heard.map((one) => readAnswer(one).status)).toEqual([
      ...[404, 404, 200, 404, ...Array(7).fill(404)],
      ...[200, 400, 400],
    ])
    expect(heard.join('\n')).not.toMatch(/cy@example\.org|SQLite format|postalAddress/)
    const { stderr, stdout } = await server.stop()
    const lines = stderr.split('\n').filter((line) => line.startsWith('{'))
    const asked = lines.map((line) => JSON.parse(line)).filter((entry) => 'method' in entry)
    expect(asked).toHaveLength(heard.length - 1)
    expect(new Set(asked.flatMap((entry) => Object.keys(entry)))).toEqual(
      new Set(['time', 'method', 'what', 'status', 'ms', 'bytes']),
    )
    const whats = ['-', 'index.html', 'unsubscribe/…', 'subscribe', 'webhooks/postmark']
    expect(new Set(asked.map(({ what }) => what))).toEqual(new Set(whats))
    const said = stderr + stdout
    expect(said).not.toMatch(/(?!\n)[\p{Cc}]|forged|203\.0\.113/u)
    for (const word of [secret, 'a-password', credentials, 'ann@', 'Ann']) {
      expect(said).not.toContain(word)
    }
  })
})

describe('somebody who wants to know who is on the list', () => {
  const known = ['active', 'suppressed', 'unsubscribed'] as const

  it('makes the server do the same work for every address', async () => {
    const works = new Map<string, string>()
    const work: string[] = []
    await using site = await startSite(
      {},
      {
        async joining({ joins, secrets: kept }, frame) {
          const { joinPages } = await import('../../src/pages/join-pages.ts')
          const { makeLimiter } = await import('../../src/http/limiter.ts')
          const counting = new Proxy(joins, {
            get(target, name: keyof Joins & string) {
              work.push(name)
              return target[name]
            },
          })
          const pages = joinPages({ ...frame, topics: [] })
          await joins.keepText(pages.consent('en'))
          await kept.kept('server')
          return {
            ...{ joins: counting, pages, secrets: signer, limiter: makeLimiter(), origins: [] },
            ...{
              ownOrigin: 'https://news.example.org',
              clock: () => now,
              asked: () => work.push('asked'),
            },
          }
        },
      },
    )
    for (const status of known) {
      await site.join(`${status}@example.org`)
      await site.subscribers.setStatus(`${status}@example.org`, status, now)
    }
    const text = /"text":"(\w+)"/
    const page = await (await site.get('subscribe')).text()
    const [body = ''] = joining.tokenIn(page).split('.')
    const hash = text.exec(Buffer.from(body, 'base64url').toString())?.[1] ?? ''
    const says = { at: '0', text: hash, from: '' }
    const token = signToken('form', says, {
      secrets: signer,
      expires: new Date(now.getTime() + minute),
    })
    for (const status of ['nobody', ...known]) {
      work.length = 0
      const answer = await post(site, 'subscribe', { address: `${status}@example.org`, token })
      expect(answer.status).toBe(200)
      works.set(status, work.join())
    }
    expect([...new Set(works.values())]).toEqual(['ask,asked'])
  })

  it('sees nothing of it in what is kept on himself either, whatever mail was sent', async () => {
    await using relay = await startRelay()
    await using site = await startSite()
    for (const status of known) {
      await site.join(`${status}@example.org`)
      await site.subscribers.setStatus(`${status}@example.org`, status, now)
    }
    const mailer = openMailer(relay.url, { root: site.folder, connections: 1 })
    const secrets = site.secrets
    const { head: letterhead, newsletter } = joining
    const clock = () => now
    const compose = changeLetters({
      ...{ head: letterhead, publication, newsletter, templates, secrets, server: site.url, clock },
    })
    const { changes } = site.store
    const told = new Set<string>()
    for (const status of ['nobody', ...known]) {
      const { token } = await site.join(`spy-${status}@example.org`)
      await post(site, `preferences/${token}`, { do: 'move', address: `${status}@example.org` })
      const signal = new AbortController().signal
      await sendChangeMails({ ...site.store, changes, mailer, compose, clock, signal }, 9)
      const held = await (await site.get(`preferences/${token}/data`)).json()
      const { changesOfAddress } = held as { changesOfAddress: unknown }
      told.add(JSON.stringify(changesOfAddress).replace(`${status}@`, 'X@'))
    }
    await mailer.close()
    expect(relay.messages.map(({ to }) => to[0])).toEqual([
      ...['nobody@example.org', 'active@example.org', 'unsubscribed@example.org'],
    ])
    expect([...told]).toEqual([expect.stringContaining('X@example.org')])
    expect(await changes.expire(new Date(now.getTime() + 25 * 60 * minute))).toBe(4)
  })
})

describe('the server', () => {
  it('writes down no more aggregators a day than there may be', async () => {
    await using database = await temporarySqlite()
    const { statistics } = await database.connect()
    const terms = { statistics, clientAddress: () => '', clock: () => now, log: () => undefined }
    const audience = feedAudience(terms)
    const answer = audience.watch(() => ({ status: 200, headers: {}, body: undefined }))
    const file = { name: 'rss.xml' } as Parameters<typeof answer>[1]
    for (let n = 0; n < 3000; n += 1) {
      const agent = n === 2000 ? 'Maker0/1.0 (7 subscribers)' : `Maker${n}/1.0 (${n} subscribers)`
      await answer({ method: 'GET', header: () => agent }, file)
      if (n % 500 === 0) await audience.flush()
    }
    await audience.close()
    const [day] = await statistics.audience('2026-11-01')
    const names = day?.aggregators ?? []
    expect(names).toHaveLength(1000)
    expect(names.find(({ name }) => name === 'Maker0')).toMatchObject({ subscribers: 7 })
  })

  it('lives on when a file is gone between the question and the answer', async () => {
    await using site = await startSite({ 'large.bin': 'x'.repeat(9_000_000) })
    expect((await site.get('large.bin', { method: 'HEAD' })).status).toBe(200)
    const before = site.log.length
    // All threads that could open it are busy
    const work = promisify(pbkdf2)
    const busy = Array.from({ length: 8 }, () => work('a', 'b', 400_000, 64, 'sha512'))
    const answer = site.get('large.bin').then(({ status }) => status, String)
    await expect.poll(() => site.log.length, { interval: 1, timeout: 20_000 }).toBe(before + 1)
    unlinkSync(join(site.out, 'large.bin'))
    await Promise.all(busy)
    expect([404, 200]).toContain(await answer)
    expect((await site.get('healthz')).status).toBe(200)
  })
})
