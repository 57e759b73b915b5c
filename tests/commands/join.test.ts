import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { simpleParser } from 'mailparser'
import { expect, it } from 'vitest'
import { joinTerms } from '../../src/subscribers/join-terms.ts'
import { ed25519 } from '../mail/dkim-keys.ts'
import { startRelay } from '../mail/relay.ts'
import { newPublication, newsletter, publication, start, tidings } from './cli.ts'
import { startServer } from './server.ts'

async function ask(origin: string, address: string): Promise<number> {
  const page = await (await fetch(`${origin}/subscribe`)).text()
  const [, token = ''] = /name="token" value="([^"]*)"/.exec(page) ?? []
  await pause(joinTerms.quickest + 100)
  const body = new URLSearchParams({ address, token, from: 'test' })
  return (await fetch(`${origin}/subscribe`, { method: 'POST', body })).status
}

it('loses no request when it is killed, sends one message, and shows what was agreed to', {
  timeout: 120_000,
}, async () => {
  await using relay = await startRelay()
  const server = { url: 'https://news.example.org/' }
  const { subscribers: _, ...letter } = newsletter
  const settings = { newsletter: { ...letter, replyTo: 'desk@example.org' }, server }
  const folder = await newPublication(
    {},
    { ...settings, mail: { transport: 'smtp://127.0.0.1:1' } },
  )
  {
    await using first = await startServer(folder)
    expect(await ask(first.origin, 'ann@example.org')).toBe(200)
  }
  const dkim = { domain: 'example.org', selector: 's1', privateKey: ed25519.privateKey }
  const config = { publication, ...settings, mail: { transport: relay.url, dkim } }
  await writeFile(join(folder, 'tidings.config.json'), JSON.stringify(config))
  await using second = await startServer(folder)
  await expect.poll(() => relay.messages.length, { timeout: 60_000 }).toBe(1)
  const resolver = async () => [[ed25519.record]]
  const { results } = await dkimVerify(Buffer.from(relay.messages[0]?.raw ?? ''), { resolver })
  expect(results.map(({ status }) => status.result)).toEqual(['pass'])
  const { text = '', subject } = await simpleParser(relay.messages[0]?.raw ?? '')
  expect(subject).toBe('Please confirm: Paper')
  const [link = ''] = /https:\S+\/confirm\/\S+/.exec(text) ?? []
  const answer = await fetch(second.origin + new URL(link).pathname, {
    method: 'POST',
    body: new URLSearchParams({ confirm: 'yes' }),
  })
  expect(answer.status).toBe(200)
  const shown = await tidings(['subscribers', 'show', 'ann@example.org', '-C', folder])
  expect(shown.stdout).toMatch(/^ann@example\.org {2}en {2}active$/m)
  expect(shown.stdout).toMatch(/^asked .*, confirmed .*, on a form of test, which said:$/m)
  expect(shown.stdout).toContain('With the button you ask us to send Paper to this address.')
  expect(relay.messages).toHaveLength(1)
})

it('prints a form for other pages, which leads to server.url', async () => {
  const server = { url: 'https://news.example.org/letters/' }
  const folder = await newPublication({}, { server })
  const { stdout, status } = await tidings([
    'subscribers',
    'form',
    '--language',
    'fr-CA',
    '-C',
    folder,
  ])
  expect(status).toBe(0)
  expect(stdout).toContain(
    '<form action="https://news.example.org/letters/subscribe" method="post"',
  )
  expect(stdout).toContain('name="language" value="fr"')
  expect(stdout).not.toContain('<script')
  const none = await tidings(['subscribers', 'form', '-C', await newPublication()])
  expect(none.status).toBe(2)
  expect(none.stderr).toContain('server.url: missing')
})

it('leaves the unsubscribe links alone when no mail can be sent, and says that nobody can join', async () => {
  const server = { url: 'https://news.example.org/' }
  const folder = await newPublication({}, { server, mail: { transport: 'env:NO_SUCH_RELAY' } })
  const { child, ended } = start(['serve', '-C', folder, '--port', '0'])
  const said = await new Promise<string>((done) => {
    let all = ''
    child.stderr?.on('data', (data) => {
      all += data
      if (all.includes('Listening on')) done(all)
    })
    void ended.then(({ stderr }) => done(stderr))
  })
  child.kill('SIGKILL')
  expect(said).toContain('Nobody can join, since no mail can be sent.')
  expect(said).toContain('NO_SUCH_RELAY')
  expect(said).toContain('Listening on')
})
