import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import { joinTerms } from '../../src/subscribers/join-terms.ts'
import { signToken } from '../../src/subscribers/signed-token.ts'
import { startJoinSite, tokenIn } from './join-site.ts'

const topics = [
  { id: 'art', name: 'Art & <craft>', tags: ['art'], default: true },
  { id: 'sea', name: 'The sea', tags: ['sea'], default: false },
]
const minute = 60_000

describe('joining', () => {
  it('begins with a form, leads through a message, and ends with the button of a page', async () => {
    await using site = await startJoinSite({ topics, base: '/letters/' })
    const page = await (await site.get('subscribe')).text()
    expect(page).toContain('Get The &lt;Letter&gt; by e-mail')
    expect(page).toContain('value="art" checked> <span>Art &amp; &lt;craft&gt;</span>')
    const asked = await site.ask('Ann+x@Example.ORG', {
      name: 'Ann',
      topics: 'sea',
      language: 'es',
    })
    expect(asked.status).toBe(200)
    expect(await asked.text()).toContain('Ann+x@example.org')
    expect(site.asked).toHaveLength(1)
    expect(site.relay.messages.map(({ to }) => to)).toEqual([['Ann+x@example.org']])

    const link = await site.link()
    expect(link).toMatch(new RegExp(`^${site.url}confirm/`))
    const opened = await fetch(link)
    expect(opened.status).toBe(200)
    expect(await opened.text()).toContain('Sí, quiero suscribirme')
    expect(await site.statusOf('Ann+x@example.org')).toBeUndefined()

    for (const time of [1, 2]) {
      site.pass(time)
      const pressed = await site.press(link)
      expect(pressed.status).toBe(200)
      expect(await pressed.text()).toContain('Te has suscrito')
    }
    expect(await (await fetch(link)).text()).toContain('Te has suscrito')
    const ann = await site.subscribers.find('ann+x@example.org')
    expect(ann).toMatchObject({ name: 'Ann', language: 'es', topics: ['sea'], status: 'active' })
    const [consent, ...more] = await site.store.joins.consents('ann+x@example.org')
    expect(more).toEqual([])
    expect(consent).toMatchObject({ from: '', language: 'es' })
    expect(consent?.text).toContain('Con el botón nos pides que enviemos The <Letter>')
    expect(consent?.text).toContain('Art & <craft>')
  })

  it('writes a message that no list, holiday reply or stranger has a part in', async () => {
    await using site = await startJoinSite()
    const name = 'Win <b>$$</b> at http://evil.example'
    await site.ask('"buy.now"+x.evil.example/now@example.org', {
      name,
      address: 'x+evil.example/now@example.org',
    })
    const raw = site.relay.messages[0]?.raw ?? ''
    const { headers, subject, text = '', html } = await simpleParser(raw)
    expect(subject).toBe('Please confirm: The <Letter>')
    expect(headers.get('auto-submitted')).toBe('auto-generated')
    expect(headers.has('list')).toBe(false)
    expect(raw).not.toMatch(/^List-|^Feedback-ID/m)
    const body = raw.slice(raw.indexOf('\r\n\r\n'))
    for (const part of [body, text, String(html)]) {
      expect(part).not.toContain('evil')
      expect(part).not.toContain('Win')
    }
  })

  it('tells somebody who is on the list already, and nobody else', async () => {
    await using site = await startJoinSite()
    const { token } = await site.join('ann@example.org', 'de')
    await site.ask('ann@example.org', { name: 'Mallory', language: 'fr' })
    const { subject } = await simpleParser(site.relay.messages[0]?.raw ?? '')
    expect(subject).toBe('Sie bekommen The <Letter> schon')
    expect(await site.link()).toBe(`${site.url}preferences/${token}`)
    expect(await site.subscribers.find('ann@example.org')).toMatchObject({
      name: '',
      language: 'de',
    })
    await site.work()
    expect(site.relay.messages).toHaveLength(1)
  })

  it('lets somebody come back who had left, and not by a link that was used before', async () => {
    await using site = await startJoinSite()
    await site.join('ann@example.org')
    await site.subscribers.setStatus('ann@example.org', 'unsubscribed', site.now())
    await site.ask('ann@example.org')
    const link = await site.link()
    await site.press(link)
    expect(await site.statusOf('ann@example.org')).toBe('active')
    await site.subscribers.setStatus('ann@example.org', 'unsubscribed', site.now())
    const again = await site.press(link)
    expect(again.status).toBe(404)
    expect(await again.text()).toContain('This link does nothing any more')
    expect(await site.statusOf('ann@example.org')).toBe('unsubscribed')
  })

  it('guesses what a mistyped domain was to be, and believes whoever insists', async () => {
    await using site = await startJoinSite()
    const first = await site.ask('ann@gmial.com')
    const page = await first.text()
    expect(page).toContain('Did you mean ⁨ann@gmail.com⁩?')
    expect(site.relay.messages).toHaveLength(0)
    await site.ask('ann@gmial.com', { suggested: 'ann@gmail.com', sure: 'yes' })
    await site.ask('bob@gmial.com', { sure: 'yes' })
    await site.ask('cy@example.org', { suggested: 'mallory@example.net', sure: 'yes' })
    expect(site.relay.messages.map(({ to }) => to[0])).toEqual([
      'ann@gmail.com',
      'bob@gmial.com',
      'cy@example.org',
    ])
  })

  it('takes addresses in any script', async () => {
    await using site = await startJoinSite()
    await site.ask('用户@例子.test')
    expect(site.relay.messages[0]?.to).toEqual(['用户@xn--fsqu00a.test'])
    await site.press(await site.link())
    expect(await site.statusOf('用户@例子.test')).toBe('active')
  })

  it('goes on while the relay is away, and sends nothing twice', async () => {
    let isAway = true
    await using site = await startJoinSite({
      relay: { replies: { rcpt: () => (isAway ? '451 4.3.0 later' : '250 2.1.5 ok') } },
    })
    await site.ask('ann@example.org')
    expect(site.relay.messages).toHaveLength(0)
    isAway = false
    await site.work()
    expect(site.relay.messages).toHaveLength(0)
    site.pass(10 * minute)
    await site.work()
    await site.work()
    expect(site.relay.messages).toHaveLength(1)
    await site.press(await site.link())
    expect(await site.statusOf('ann@example.org')).toBe('active')
  })

  it('sends no more in an hour than it may', async () => {
    await using site = await startJoinSite({ perHour: 2 })
    for (const name of ['a', 'b', 'c']) await site.ask(`${name}@${name}.example`)
    expect(site.relay.messages).toHaveLength(2)
    site.pass(61 * minute)
    await site.work()
    expect(site.relay.messages).toHaveLength(3)
  })
})

describe('the form of another site', () => {
  it('leads to our own, which says once more what it is about', async () => {
    await using site = await startJoinSite()
    const headers = { Origin: 'https://blog.example.org', 'Sec-Fetch-Site': 'cross-site' }
    const fields = { address: 'ann@example.org', language: 'fr', from: 'side <bar>' }
    const landed = await site.send(fields, headers)
    expect(landed.status).toBe(200)
    const page = await landed.text()
    expect(page).toContain('Encore une étape')
    expect(page).toContain('value="ann@example.org"')
    expect(site.asked).toHaveLength(0)
    site.pass(3000)
    const token = tokenIn(page)
    await site.send({ address: 'ann@example.org', language: 'fr', token })
    await site.work()
    await site.press(await site.link())
    const [consent] = await site.store.joins.consents('ann@example.org')
    expect(consent?.from).toBe('https://blog.example.org side <bar>')
  })

  it('may be a script where the configuration names it, and nowhere else', async () => {
    const friend = 'https://blog.example.org'
    await using site = await startJoinSite({ origins: [friend], topics })
    const call = (origin: string, body: object | string) =>
      site.get('subscribe', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: origin },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
    const asking = { headers: { Accept: 'application/json', Origin: friend } }
    const read = await site.get('subscribe', asking)
    expect(read.headers.get('Access-Control-Allow-Origin')).toBe(friend)
    expect(read.headers.get('Cache-Control')).toBe('no-store')
    const form = (await read.json()) as { token: string; topics: unknown; consent: string }
    expect(form.topics).toEqual([
      { id: 'art', name: 'Art & <craft>', chosen: true },
      { id: 'sea', name: 'The sea', chosen: false },
    ])
    const person = { address: 'ann@example.org', topics: ['art', 'sea', 'none'], token: form.token }
    const fast = await call(friend, person)
    expect(fast.status).toBe(422)
    expect(await fast.json()).toMatchObject({ error: { code: 'tooFast' } })
    site.pass(3000)
    for (const stranger of ['https://evil.example', 'null', `${friend}.evil.example`]) {
      const refused = await call(stranger, person)
      expect(refused.status).toBe(403)
      expect(refused.headers.has('Access-Control-Allow-Origin')).toBe(false)
    }
    for (const body of ['', '[]', '"x"', '{"address":', 'null']) {
      expect((await call(friend, body)).status).toBe(400)
    }
    const asked = await call(friend, person)
    expect(asked.status).toBe(202)
    expect(await asked.json()).toMatchObject({ status: 'asked' })
    await site.work()
    await site.press(await site.link())
    expect(await site.subscribers.find('ann@example.org')).toMatchObject({ topics: ['art', 'sea'] })
    expect(await site.store.joins.consents('ann@example.org')).toMatchObject([{ from: friend }])
    const preflight = (origin: string) =>
      site.get('subscribe', { method: 'OPTIONS', headers: { Origin: origin } })
    const allowed = await preflight(friend)
    expect(allowed.headers.get('Access-Control-Allow-Methods')).toBe('GET, POST')
    const stranger = await preflight('https://evil.example')
    expect(stranger.headers.has('Access-Control-Allow-Methods')).toBe(false)
  })
})

describe('a form that somebody tampers with', () => {
  it('is shown again, kindly, until a person can have sent it', async () => {
    await using site = await startJoinSite()
    const fields = { address: 'ann@example.org', name: 'A "B" <c>' }
    const secrets = ['a secret of the tests'] as const
    const expires = new Date(site.now().getTime() + minute)
    const swapped = signToken('confirm', { at: '0', text: '', from: '' }, { secrets, expires })
    const forged = signToken('form', { at: '0' }, { secrets: ['another'], expires })
    const old = await site.token()
    site.pass(joinTerms.formStays)
    const fresh = () => site.token()
    const quick = async () => tokenIn(await (await site.get('subscribe')).text())
    const cases: readonly [object, () => Promise<string>, number, string][] = [
      [{}, async () => '', 200, 'One more step'],
      [{}, async () => forged, 200, 'One more step'],
      [{}, async () => swapped, 200, 'One more step'],
      [{}, async () => old, 200, 'had been open for a long time'],
      [{}, quick, 200, 'That was very quick'],
      [{ homepage: 'http://x.example' }, fresh, 422, 'people do not see'],
      [{ address: '' }, fresh, 422, 'enter your e-mail address'],
      [{ address: 'ann@' }, fresh, 422, 'No mail can be sent'],
    ]
    for (const [changes, tokenFor, status, says] of cases) {
      const token = await tokenFor()
      const answer = await site.send({ ...fields, token, ...changes })
      const page = await answer.text()
      expect([answer.status, page]).toEqual([status, expect.stringContaining(says)])
      expect(page).toContain('value="A &quot;B&quot; &lt;c&gt;"')
      expect(tokenIn(page)).toMatch(/^[\w-]+\.[\w-]{43}$/)
    }
    expect(site.asked).toHaveLength(0)
    expect(await site.store.joins.due(new Date(8.64e15), 9)).toEqual([])
  })

  it('breaks no header and no page, whatever stands in its fields', async () => {
    await using site = await startJoinSite({ topics })
    const wild = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        'a@example.org\r\nBcc: b@example.org',
        'a@example.org%0d%0aBcc:b@example.org',
        'a@example.org,b@example.org',
        '<script>alert(1)</script>@example.org',
        '"><script>alert(1)</script>',
        '{{ words }}{% raw %}@example.org',
        '{newsletter}@example.org',
        '"a\\"b"@example.org',
        'x'.repeat(5000),
      ),
    )
    const keys = fc.constantFrom(
      'address',
      'name',
      'topics',
      'language',
      'from',
      'sure',
      'suggested',
      '__proto__',
    )
    const token = await site.token()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(keys, wild), { maxLength: 6 }), async (entries) => {
        const answer = await site.send(new URLSearchParams([['token', token], ...entries]))
        expect([200, 422, 429]).toContain(answer.status)
        const page = await answer.text()
        expect(page).not.toMatch(/<script|<b>/)
        expect(page.match(/<form/g)?.length ?? 0).toBeLessThan(2)
      }),
      { numRuns: 60 },
    )
    await site.work()
    for (const { raw, to } of site.relay.messages) {
      expect(to).toHaveLength(1)
      expect(raw.slice(0, raw.indexOf('\r\n\r\n'))).not.toMatch(/^Bcc:/im)
    }
  })

  it('is not read when it is larger than a form, or something else', async () => {
    await using site = await startJoinSite()
    const large = await site.send({ address: 'a@example.org', name: 'x'.repeat(70_000) })
    expect(large.status).toBe(413)
    const put = await site.get('subscribe', { method: 'PUT' })
    expect([put.status, put.headers.get('Allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS'])
    const broken = await site.get('subscribe', {
      method: 'POST',
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="addr',
    })
    expect([200, 400, 422]).toContain(broken.status)
    expect(site.asked).toHaveLength(0)
  })
})

describe('a link that somebody tampers with', () => {
  it('confirms nobody when it is forged, swapped, expired or opened', async () => {
    await using site = await startJoinSite()
    await site.ask('ann@example.org')
    const link = await site.link()
    const token = link.slice(link.lastIndexOf('/') + 1)
    const [body = '', seal = ''] = token.split('.')
    const form = await site.token()
    const bad = [
      `${body}.${seal.slice(1)}A`,
      `${body}x.${seal}`,
      form,
      'nobody',
      '%00',
      'a'.repeat(5000),
    ]
    for (const one of bad) {
      const answer = await site.press(`${site.url}confirm/${one}`)
      expect(answer.status).toBe(404)
      expect(await answer.text()).toContain('This link does nothing any more')
    }
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) await fetch(link, { method })
    expect((await fetch(link, { method: 'POST' })).status).toBe(403)
    expect((await fetch(`${link}?confirm=yes`)).status).toBe(200)
    expect(await site.statusOf('ann@example.org')).toBeUndefined()
    site.pass(joinTerms.linkStays)
    const late = await site.press(link)
    expect([late.status, await late.text()]).toEqual([410, expect.stringContaining('has expired')])
    expect(await site.statusOf('ann@example.org')).toBeUndefined()
  })

  it('confirms nobody when the button was on another site', async () => {
    await using site = await startJoinSite()
    await site.ask('ann@example.org')
    const link = await site.link()
    const foreign = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site', Origin: 'null' },
      { Origin: 'https://evil.example' },
    ]
    for (const headers of foreign) {
      const answer = await site.press(link, headers as never)
      expect(answer.status).toBe(403)
      expect(await answer.text()).toContain('<button')
    }
    expect(await site.statusOf('ann@example.org')).toBeUndefined()
    expect(
      (await site.press(link, { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' })).status,
    ).toBe(200)
    expect(await site.statusOf('ann@example.org')).toBe('active')
  })

  it('stays good when the secret is changed and the former one is kept; leaving never depends on it', async () => {
    await using before = await startJoinSite({ secrets: ['the former secret'] })
    await before.ask('ann@example.org')
    const { pathname } = new URL(await before.link())
    const token = pathname.slice(pathname.lastIndexOf('/') + 1)
    const read = async (secrets: [string, ...string[]]) => {
      await using after = await startJoinSite({ secrets })
      return (await after.get(`confirm/${token}`)).text()
    }
    const { readToken } = await import('../../src/subscribers/signed-token.ts')
    const now = before.now()
    expect(
      readToken('confirm', token, { secrets: ['new', 'the former secret'], now }),
    ).toHaveProperty('id')
    expect(readToken('confirm', token, { secrets: ['new'], now })).toBe('forged')
    expect(await read(['new'])).toContain('This link does nothing any more')
    const { token: leaving } = await before.join('bob@example.org')
    await using after = await startJoinSite({ secrets: ['new'] })
    await after.subscribers.add([{ address: 'bob@example.org', name: '' }], now)
    const bob = await after.subscribers.find('bob@example.org')
    expect(leaving).toMatch(/^[\w-]{22}$/)
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    const left = await after.get(`unsubscribe/${bob?.token}`, { method: 'POST', body })
    expect(left.status).toBe(200)
    expect(await after.statusOf('bob@example.org')).toBe('unsubscribed')
  })
})

describe('somebody who wants to know who is on the list', () => {
  it('gets the same page whoever it is, and the same is written', async () => {
    await using site = await startJoinSite()
    const statuses = [
      'stranger',
      'pending',
      'active',
      'unsubscribed',
      'suppressed',
      'unlisted',
    ] as const
    for (const status of statuses.slice(2)) await site.join(`${status}@example.org`)
    await site.subscribers.setStatus('unsubscribed@example.org', 'unsubscribed', site.now())
    await site.subscribers.setStatus('suppressed@example.org', 'suppressed', site.now())
    await site.subscribers.setStatus('unlisted@example.org', 'unlisted', site.now())
    await site.ask('pending@example.org')
    const answers = new Set<string>()
    for (const status of statuses) {
      const address = `${status}@example.org`
      const answer = await site.send({ address, token: await site.token() })
      const headers = [...answer.headers].filter(
        ([name]) => !/^(?:date|content-length)$/.test(name),
      )
      const page = (await answer.text()).replaceAll(address, 'ADDRESS')
      answers.add(JSON.stringify([answer.status, headers, page]))
    }
    expect(answers.size).toBe(1)
    const due = await site.store.joins.due(new Date(8.64e15), 99)
    expect(due.map(({ address }) => address.split('@')[0]).toSorted()).toEqual(
      [...statuses].toSorted(),
    )
    expect(site.log.filter((line) => line.includes('example.org'))).toEqual([])
    const before = site.relay.messages.length
    await site.work()
    const mailed = site.relay.messages.slice(before).map(({ to }) => to[0]?.split('@')[0])
    expect(mailed.toSorted()).toEqual(['active', 'stranger', 'unlisted', 'unsubscribed'])
  })
})

describe('somebody who wants to flood a mailbox', () => {
  it('gets one message into it, however the address is spelled, and is told nothing', async () => {
    await using site = await startJoinSite()
    const spellings = [
      'ann@gmail.com',
      'a.nn@gmail.com',
      'ANN@googlemail.com',
      'ann+1@gmail.com',
      'ann+2@gmail.com',
    ]
    for (const address of spellings) expect((await site.ask(address)).status).toBe(200)
    expect(site.relay.messages).toHaveLength(1)
    for (let hour = 0; hour < 24 * 40; hour += 1) {
      site.pass(60 * minute)
      if (hour % 6 === 0) await site.ask(`ann+${hour}@gmail.com`)
    }
    expect(site.relay.messages.length).toBeLessThanOrEqual(12)
    expect(site.relay.messages.length).toBeGreaterThan(6)
  })

  it('is asked to wait when too many ask from one place, and others are not', async () => {
    await using site = await startJoinSite()
    const from = async (client: string, n: number) =>
      site.send(
        { address: `a${n}@a${n}.example`, token: await site.token() },
        { 'X-Forwarded-For': client },
      )
    const most = joinTerms.client[0].most
    for (let n = 0; n < most; n++) expect((await from('192.0.2.7', n)).status).toBe(200)
    const refused = await from('192.0.2.7', 99)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(400)
    expect(await refused.text()).toContain('Too many requests')
    expect((await from('192.0.2.8', 100)).status).toBe(200)
    expect((await from('2001:db8:1:2:3::4', 101)).status).toBe(200)
    expect(site.asked).toHaveLength(most + 2)
    site.pass(10 * minute)
    expect((await from('192.0.2.7', 102)).status).toBe(200)
  })
})
