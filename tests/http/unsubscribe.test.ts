import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { now, startSite } from './site.ts'

const oneClick = () => new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })

function oneClickForm(): FormData {
  const form = new FormData()
  form.set('List-Unsubscribe', 'One-Click')
  return form
}

it.each([
  ['application/x-www-form-urlencoded', oneClick],
  ['multipart/form-data', oneClickForm],
])('takes a reader off the list at one click in %s, and again', async (_, body) => {
  await using site = await startSite()
  const { token } = await site.join('ann@example.org')
  for (const _time of ['first', 'second']) {
    const answer = await site.get(`unsubscribe/${token}`, { method: 'POST', body: body() })
    expect(answer.status).toBe(200)
    expect(answer.headers.has('Set-Cookie')).toBe(false)
    const page = await answer.text()
    expect(page).toContain('You are unsubscribed')
    expect(page).toContain('mailto:news%40example.org')
    expect(await site.statusOf('ann@example.org')).toBe('unsubscribed')
  }
})

it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('changes nothing on %s', async (method) => {
  await using site = await startSite()
  const { token } = await site.join('ann@example.org')
  await site.get(`unsubscribe/${token}?List-Unsubscribe=One-Click`, { method })
  expect(await site.statusOf('ann@example.org')).toBe('active')
})

it('shows a page whose one button says what a mail program would', async () => {
  await using site = await startSite()
  const { token } = await site.join('ann@example.org')
  const page = await (await site.get(`unsubscribe/${token}`)).text()
  expect(page.match(/<button/g)).toHaveLength(1)
  expect(page).toContain('<form method="post">')
  expect(page).toContain('name="List-Unsubscribe" value="One-Click"')
  expect(page).toContain('The &lt;Letter&gt;')
  expect(page).not.toContain('ann@example.org')
  expect(page).toContain(`href="/preferences/${token}"`)
})

it.each([
  ['nothing', ''],
  ['something else', 'List-Unsubscribe=No'],
  ['what is no form', '{"List-Unsubscribe":"One-Click"}'],
  ['a form that breaks off', '--x\r\nContent-Disposition: form-data; name="List-Unsub'],
])('lets a POST that says %s change nothing, and shows the button', async (_, body) => {
  await using site = await startSite()
  const { token } = await site.join('ann@example.org')
  const type = body.startsWith('--') ? 'multipart/form-data; boundary=x' : 'application/json'
  const answer = await site.get(`unsubscribe/${token}`, {
    method: 'POST',
    headers: { 'Content-Type': body.includes('=No') ? 'application/x-www-form-urlencoded' : type },
    body,
  })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('<button')
  expect(await site.statusOf('ann@example.org')).toBe('active')
})

it('says so too to a reader who was erased since, and not to a link that was cut short', async () => {
  await using site = await startSite()
  const { token } = await site.join('ann@example.org')
  await site.subscribers.erase('ann@example.org', now)
  const press = async (link: string) =>
    (await site.get(`unsubscribe/${link}`, { method: 'POST', body: oneClick() })).status
  expect(await press(token)).toBe(200)
  expect(await press(token.slice(0, -1))).toBe(404)
  expect((await site.get(`unsubscribe/${token}`)).status).toBe(404)
})

it.each(['nobody', 'a'.repeat(5000), '%00', "'%20OR%201=1--", '%E0%A4%A', '..%2f'])(
  'answers a link that nobody has with a kind word: %s',
  async (token) => {
    await using site = await startSite()
    await site.join('ann@example.org')
    for (const init of [{}, { method: 'POST', body: oneClick() }]) {
      const answer = await site.get(`unsubscribe/${token}`, init)
      expect(answer.status).toBe(404)
      expect(await answer.text()).toContain('not known here')
    }
    expect(await site.statusOf('ann@example.org')).toBe('active')
  },
)

it('revives nobody: who is suppressed stays suppressed', async () => {
  await using site = await startSite()
  const { token } = await site.join('ann@example.org')
  await site.subscribers.setStatus('ann@example.org', 'suppressed', new Date())
  const answer = await site.get(`unsubscribe/${token}`, { method: 'POST', body: oneClick() })
  expect(answer.status).toBe(200)
  expect(await site.statusOf('ann@example.org')).toBe('suppressed')
})

it("speaks the reader's language", async () => {
  await using site = await startSite()
  const { token } = await site.join('amal@example.org', 'ar-EG')
  const page = await (await site.get(`unsubscribe/${token}`)).text()
  expect(page).toContain('<html lang="ar" dir="rtl">')
})

it('is kept by nobody, found by no search engine, and runs nothing', async () => {
  await using site = await startSite()
  const { token } = await site.join('ann@example.org')
  for (const path of [`unsubscribe/${token}`, 'unsubscribe/nobody', 'missing']) {
    const { headers } = await site.get(path)
    expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; /)
    expect(headers.get('Content-Security-Policy')).not.toContain('unsafe')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('X-Robots-Tag')).toBe('noindex')
  }
})

it('reads no body larger than 64 KB, whether it says its length or not', async () => {
  await using site = await startSite()
  const { token } = await site.join('ann@example.org')
  const large = `List-Unsubscribe=One-Click&x=${'x'.repeat(100_000)}`
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const bodies = [large, new Blob([large]).stream()]
  for (const body of bodies) {
    const init = { method: 'POST', headers, body, duplex: 'half' } as const
    expect((await site.get(`unsubscribe/${token}`, init)).status).toBe(413)
  }
  expect(await site.statusOf('ann@example.org')).toBe('active')
})

it('writes down neither addresses nor links', async () => {
  await using site = await startSite({ 'rss.xml': '<rss/>' })
  const { token } = await site.join('ann@example.org')
  await site.get(`unsubscribe/${token}`, { method: 'POST', body: oneClick() })
  await site.get(`unsubscribes/${token}?ann@example.org`)
  await site.get('ann@example.org%0aGET')
  await site.get('rss.xml?ann@example.org')
  expect(site.log.map((line) => line.replace(/\d+ ms$/, 'N ms'))).toEqual([
    'POST unsubscribe/… 200 N ms',
    'GET - 404 N ms',
    'GET - 404 N ms',
    'GET rss.xml 200 N ms',
  ])
})

it.each([
  ['says its length', 'Content-Length: 100\r\n\r\nList-Un'],
  ['comes in chunks', 'Transfer-Encoding: chunked\r\n\r\n7\r\nList-Un'],
])('thinks no worse of itself when a POST that %s breaks off', async (_, rest) => {
  await using site = await startSite()
  const { token } = await site.join('ann@example.org')
  const fields = 'Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n'
  const socket = connect(Number(new URL(site.url).port), '127.0.0.1')
  socket.write(`POST /unsubscribe/${token} HTTP/1.1\r\nHost: example.org\r\n${fields}${rest}`)
  await once(socket, 'data')
  socket.resetAndDestroy()
  await expect.poll(() => site.log).toEqual([expect.stringMatching(/^POST unsubscribe\/… 400 /)])
  expect(await site.statusOf('ann@example.org')).toBe('active')
})

it('says that it is not possible now when the store is gone, and says so to a probe', async () => {
  await using site = await startSite()
  expect((await site.get('healthz')).status).toBe(200)
  const { token } = await site.join('ann@example.org')
  await site.close()
  expect((await site.get('healthz')).status).toBeGreaterThanOrEqual(500)
  const answer = await site.get(`unsubscribe/${token}`, { method: 'POST', body: oneClick() })
  expect(answer.status).toBeGreaterThanOrEqual(500)
  expect(await answer.text()).toContain('Nothing has been changed')
  expect(site.log.join('\n')).not.toContain(token)
})
