import { expect, it } from 'vitest'
import { signToken } from '../../src/subscribers/signed-token.ts'
import { now, startSite } from './site.ts'

const form = (fields: Readonly<Record<string, string | readonly string[]>>) =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    ),
  )
const save = { do: 'save', name: 'Ann', language: 'en', pause: '' }

async function withReader(address = 'ann@example.org') {
  const site = await startSite({}, { trustedProxies: ['127.0.0.1'] })
  const { token, id } = await site.join(address)
  const path = `preferences/${token}`
  return {
    site,
    id,
    token,
    path,
    page: async () => (await site.get(path)).text(),
    post: (fields: Readonly<Record<string, string | readonly string[]>>, headers = {}, to = path) =>
      site.get(to, { method: 'POST', body: form(fields), headers }),
    reader: () => site.subscribers.findByToken(token),
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  }
}

it('shows a reader what they get, and changes what they choose', async () => {
  await using given = await withReader()
  expect(await given.page()).toMatch(/value="arts" checked[\s\S]*value="politics" checked/)
  const answer = await given.post({ ...save, topics: ['arts', 'forged'], language: 'es' })
  expect(answer.status).toBe(200)
  const page = await answer.text()
  expect(page).toContain('Tus preferencias están guardadas.')
  expect(page).toMatch(/value="arts" checked[\s\S]*value="politics">/)
  expect(await given.reader()).toMatchObject({ name: 'Ann', language: 'es', topics: ['arts'] })
  await given.post({ ...save, topics: ['politics', 'arts'], language: 'xx', name: '<b>"\u0007' })
  const reader = await given.reader()
  expect(reader).toMatchObject({ name: '<b>"', language: 'es' })
  expect(reader).not.toHaveProperty('topics')
  expect(await given.page()).toContain('value="&lt;b&gt;&quot;"')
  await given.post(save)
  expect((await given.reader())?.topics).toEqual([])
})

it('pauses for a while or until a day of the publication, and goes on at once when asked to', async () => {
  await using given = await withReader()
  const until = async () => (await given.reader())?.pausedUntil?.toISOString()
  await given.post({ ...save, pause: '1' })
  expect(await until()).toBe('2026-12-01T00:00:00.000Z')
  await given.post({ ...save, pause: '3' })
  expect(await until()).toBe('2027-02-01T00:00:00.000Z')
  const answer = await given.post({ ...save, pause: 'date', until: '2026-12-24' })
  expect(await until()).toBe('2026-12-23T23:00:00.000Z')
  expect(await answer.text()).toContain('Nothing comes to you before December 24, 2026')
  expect(await given.page()).toMatch(/value="date" checked[\s\S]*value="2026-12-24"/)
  for (const day of ['2026-10-31', '2026-11-01', '2026-02-30', '2099-01-01', 'soon', '']) {
    const refused = await given.post({ ...save, pause: 'date', until: day })
    expect(refused.status).toBe(422)
    expect(await until()).toBe('2026-12-23T23:00:00.000Z')
  }
  await given.post(save)
  expect(await until()).toBeUndefined()
})

it.each(['', '/data', '/erase'])(
  'changes nothing when preferences/TOKEN%s is opened',
  async (rest) => {
    await using given = await withReader()
    const before = await given.reader()
    const query = '?do=save&confirm=yes&pause=1'
    for (const method of ['GET', 'HEAD']) {
      expect((await given.site.get(`${given.path}${rest}${query}`, { method })).status).toBe(200)
    }
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect((await given.site.get(`${given.path}${rest}`, { method })).status).toBe(405)
    }
    expect(await given.reader()).toEqual(before)
  },
)

it.each([
  ['of another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ['of a neighbour', { 'Sec-Fetch-Site': 'same-site' }],
  ['of another site in an old browser', { Origin: 'https://evil.example' }],
])('lets no form %s change anything', async (_, headers) => {
  await using given = await withReader()
  const before = await given.reader()
  expect((await given.post({ ...save, pause: '1' }, headers)).status).toBe(403)
  const erase = await given.post({ confirm: 'yes' }, headers, `${given.path}/erase`)
  expect(erase.status).toBe(403)
  expect(await given.reader()).toEqual(before)
})

it('answers every link that nobody has alike, and a POST of nothing with the page', async () => {
  await using given = await withReader()
  const answers = new Set<string>()
  for (const token of ['nobody', 'A'.repeat(22), 'a'.repeat(5000), '%00', "'--"]) {
    for (const rest of ['', '/data', '/erase']) {
      const answer = await given.site.get(`preferences/${token}${rest}`)
      answers.add(`${answer.status} ${await answer.text()}`)
    }
  }
  expect(answers.size).toBe(1)
  expect([...answers][0]).toMatch(/^404 [\s\S]*not known here/)
  expect((await given.post({})).status).toBe(400)
  expect((await given.post({ do: 'fly' })).status).toBe(400)
})

it('gives out all that is held on the reader, and nothing of others', async () => {
  await using given = await withReader()
  const { site } = given
  await site.join('bob@example.org')
  const { ledger } = site.store
  await ledger.open({ id: 'one', subject: '', createdAt: now, articles: ['a'] })
  const [claim] = await ledger.claim('one', {
    now,
    leaseUntil: new Date(now.getTime() + 1),
    most: 1,
  })
  if (!claim) throw new Error('nothing to claim')
  await ledger.submitting(claim, now)
  await ledger.record(claim, { kind: 'submitted', reply: '250 ok' }, { now })
  await given.post({ do: 'move', address: 'new@example.net' })
  const answer = await site.get(`${given.path}/data`)
  expect(answer.headers.get('Content-Type')).toBe('application/json')
  expect(answer.headers.get('Content-Disposition')).toMatch(/^attachment; /)
  const text = await answer.text()
  expect(text).not.toContain(given.token)
  expect(text).not.toContain('bob')
  expect(JSON.parse(text)).toMatchObject({
    reader: { address: 'ann@example.org', status: 'active', createdAt: now.toISOString() },
    consents: [],
    deliveries: [{ edition: 'one', state: 'submitted', reply: '250 ok' }],
    feedback: [],
    changesOfAddress: [{ address: 'new@example.net' }],
  })
})

it('erases a reader who presses the button that says so, and keeps them out of lists', async () => {
  await using given = await withReader()
  const path = `${given.path}/erase`
  expect(await (await given.site.get(path)).text()).toContain('name="confirm" value="yes"')
  expect((await given.post({}, {}, path)).status).toBe(403)
  const answer = await given.post({ confirm: 'yes' }, { 'Sec-Fetch-Site': 'same-origin' }, path)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('Everything is erased')
  expect(await given.reader()).toBeUndefined()
  expect((await given.site.get(given.path)).status).toBe(404)
  const again = [{ address: 'ann@example.org', name: '' }]
  expect(await given.site.subscribers.add(again, now)).toEqual(['kept-out'])
})

it('says and writes the same for every new address, and sends nothing to what is none', async () => {
  await using given = await withReader()
  await given.site.subscribers.add(
    [
      { address: 'bob@example.org', name: '' },
      { address: 'out@example.org', name: '', status: 'suppressed' },
    ],
    now,
  )
  const told = new Set<string>()
  for (const address of ['bob@example.org', 'out@example.org', 'new@example.org']) {
    const answer = await given.post({ do: 'move', address })
    told.add(`${answer.status} ${(await answer.text()).replaceAll(address, 'ADDRESS')}`)
  }
  expect(told.size).toBe(1)
  expect(given.site.asked.count).toBe(3)
  for (const address of [
    'nobody',
    '',
    'ANN@example.org',
    'a@b@c',
    'x@example.org\nBcc: y@example.org',
  ]) {
    expect((await given.post({ do: 'move', address })).status).toBe(422)
  }
})

it('moves a reader whose new address is confirmed by the button behind its link', async () => {
  await using given = await withReader()
  const { site } = given
  await given.post({ do: 'move', address: 'new@example.net' })
  const [notice] = await site.store.changes.due(now, 1)
  if (!notice) throw new Error('nothing is due')
  await site.store.changes.begin(notice, { now, mailbox: [], domain: [] })
  const link = (id: string, purpose: 'change-address' | 'confirm', secrets = site.secrets) => {
    const expires = new Date(now.getTime() + 1000)
    return `change-address/${signToken(purpose, { id }, { secrets, expires })}`
  }
  const forged = ['change-address' as const, 'confirm' as const].map((purpose) =>
    purpose === 'confirm'
      ? link(notice.id, purpose)
      : link(notice.id, purpose, ['another secret of somebody']),
  )
  for (const path of [...forged, link('other', 'change-address'), 'change-address/x']) {
    const answer = await given.post({ confirm: 'yes' }, {}, path)
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain('This link does nothing any more')
  }
  const path = link(notice.id, 'change-address')
  expect((await site.get(path)).status).toBe(200)
  const foreign = { 'Sec-Fetch-Site': 'cross-site' }
  expect((await given.post({ confirm: 'yes' }, foreign, path)).status).toBe(403)
  expect(await given.reader()).toMatchObject({ address: 'ann@example.org' })
  const answer = await given.post({ confirm: 'yes' }, {}, path)
  expect(await answer.text()).toContain('Your address is changed')
  expect(await given.reader()).toMatchObject({ address: 'new@example.net', status: 'active' })
  expect((await given.post({ confirm: 'yes' }, {}, path)).status).toBe(404)
  const oneClick = { 'List-Unsubscribe': 'One-Click' }
  expect((await given.post(oneClick, {}, `unsubscribe/${given.token}`)).status).toBe(200)
  expect(await site.statusOf('new@example.net')).toBe('unsubscribed')
})

it('lets whoever has left read and erase what is kept, and choose nothing', async () => {
  await using given = await withReader()
  await given.site.subscribers.setStatus('ann@example.org', 'unsubscribed', now)
  const page = await given.page()
  expect(page).toMatch(/No more mail from .?The &lt;Letter&gt;.? comes to you/)
  expect(page).toContain('href="/subscribe"')
  expect(page).not.toContain('name="do"')
  expect((await given.post({ ...save, pause: '1' })).status).toBe(400)
  expect((await given.post({ do: 'move', address: 'new@example.net' })).status).toBe(400)
  expect((await given.site.get(`${given.path}/data`)).status).toBe(200)
})

it('is kept by nobody, found by no search engine, and named in no log', async () => {
  await using given = await withReader()
  for (const rest of ['', '/data', '/erase']) {
    const { headers } = await given.site.get(`${given.path}${rest}`)
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('X-Robots-Tag')).toBe('noindex')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; /)
    expect(headers.has('Set-Cookie')).toBe(false)
  }
  await given.post({ do: 'move', address: 'new@example.net' })
  await given.post({ do: 'save' }, {}, `${given.path}/`)
  const log = given.site.log.join('\n')
  expect(log).toContain('preferences/…/data')
  expect(log).not.toContain(given.token)
  expect(log).not.toContain('example.net')
})

it('lets nobody try many links, and reads no large body', async () => {
  await using given = await withReader()
  const large = await given.post({ do: 'save', name: 'x'.repeat(100_000) })
  expect(large.status).toBe(413)
  const client = { headers: { 'X-Forwarded-For': '192.0.2.7' } }
  const statuses = new Set<number>()
  for (let n = 0; n < 120; n++) {
    const { status, headers } = await given.site.get(`preferences/guess${n}`, client)
    statuses.add(status)
    if (status === 429) expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
  }
  expect(statuses).toEqual(new Set([404, 429]))
  expect((await given.site.get(given.path, client)).status).toBe(429)
  expect((await given.site.get(given.path)).status).toBe(200)
  const body = form({ 'List-Unsubscribe': 'One-Click' })
  const leave = await given.site.get(`unsubscribe/${given.token}`, {
    ...client,
    method: 'POST',
    body,
  })
  expect(leave.status).toBe(200)
})
