import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { type AddressObject, simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import { oneLine } from '../../src/mail/headers.ts'
import { composeMessage, type MessageInput, messageIdFor } from '../../src/mail/message.ts'
import { has } from '../has.ts'
import { nasty } from './hostile.ts'

const input: MessageInput = {
  messageId: messageIdFor('2026-11-23', 's1', 'example.org'),
  date: new Date('2026-11-23T08:05:09Z'),
  from: { name: 'The Daily', address: 'news@example.org' },
  to: { name: 'Ana', address: 'ana@example.net' },
  subject: 'All quiet',
  text: 'Good morning',
  html: '<p>Good morning</p>',
  list: { id: 'daily.example.org', name: 'The Daily' },
  unsubscribeUrls: ['https://example.org/u/t0ken', 'mailto:news@example.org?subject=unsubscribe'],
}

const compose = async (changes: Partial<MessageInput> = {}) =>
  Buffer.from((await composeMessage({ ...input, ...changes })).bytes).toString()

const headerNames = [
  'From',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'List-Id',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'MIME-Version',
  'Content-Type',
]

function namesIn(raw: string): string[] {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]/g, ' ')
  return head.split('\r\n').map((line) => line.slice(0, line.indexOf(':')))
}

describe('composeMessage', () => {
  it('writes the message of one recipient', async () => {
    const raw = await compose({ subject: 'Qué día' })
    expect(raw).toBe(
      [
        'From: The Daily <news@example.org>',
        'To: Ana <ana@example.net>',
        'Subject: =?UTF-8?B?UXXDqSBkw61h?=',
        'Date: Mon, 23 Nov 2026 08:05:09 +0000',
        `Message-ID: ${input.messageId}`,
        'List-Id: The Daily <daily.example.org>',
        'List-Unsubscribe: <https://example.org/u/t0ken>,',
        ' <mailto:news@example.org?subject=unsubscribe>',
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
        'MIME-Version: 1.0',
        'Content-Type: multipart/alternative;',
        ' boundary="BOUNDARY"',
        '',
        '--BOUNDARY',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Good morning',
        '--BOUNDARY',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '<p>Good morning</p>',
        '--BOUNDARY--',
        '',
      ]
        .join('\r\n')
        .replaceAll('BOUNDARY', raw.match(/boundary="(.*)"/)?.[1] ?? ''),
    )
  })

  it('gives the same bytes for the same input', async () => {
    expect(await compose()).toBe(await compose())
  })

  it('addresses the envelope to the reader and bounces to the return path', async () => {
    const { envelope } = await composeMessage({ ...input, returnPath: 'bounce@example.org' })
    expect(envelope).toEqual({ from: 'bounce@example.org', to: 'ana@example.net' })
  })

  it('shows names and subject exactly, and no header more, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (name, subject, listName) => {
        const raw = await compose({
          to: { name, address: 'ana@example.net' },
          subject,
          list: { id: 'daily.example.org', name: listName },
        })
        expect(namesIn(raw)).toEqual(headerNames)
        expect(Math.max(...raw.split('\r\n').map((line) => Buffer.byteLength(line)))).toBeLessThan(
          79,
        )
        expect(raw.replaceAll('\r\n', '')).not.toMatch(/[^ -~]/)
        const mail = await simpleParser(raw)
        expect(mail.subject ?? '').toBe(oneLine(subject))
        expect((mail.to as AddressObject).value).toEqual([
          { address: 'ana@example.net', name: oneLine(name) },
        ])
      }),
      { numRuns: 300 },
    )
  })

  it('gives both parts back exactly, long words and dots and all', async () => {
    const content = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 500 }),
      fc.string({
        unit: fc.constantFrom('.', '\n', ' ', '\t', '=', '-', 'é', '漢', '📰', 'a'),
        maxLength: 500,
      }),
      fc.constantFrom('https://example.org/'.padEnd(9000, 'x'), '漢'.repeat(3000), '--=_\n--', ''),
    )
    await fc.assert(
      fc.asyncProperty(content, content, async (text, html) => {
        const raw = await compose({ text, html })
        expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThan(79)
        const parts = raw.split(/\r\n--=_[0-9a-f]{32}(?:--)?\r\n/).slice(1, 3)
        expect(parts.map(decodePart)).toEqual([text, html].map(toBodyLines))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps a UTF-8 local part, and the quotes of a quoted one', async () => {
    for (const address of ['josé@xn--bcher-kva.example', '"a b"@example.org']) {
      const raw = await compose({ to: { name: 'Ñ', address } })
      expect(raw).toContain(`<${address}>`)
    }
  })

  it('asks for one click only where https can take it', async () => {
    const raw = await compose({ unsubscribeUrls: ['mailto:news@example.org?subject=leave'] })
    expect(raw).toContain('List-Unsubscribe: <mailto:news@example.org?subject=leave>\r\n')
    expect(raw).not.toContain('List-Unsubscribe-Post')
  })

  it.each([
    [{ list: { id: 'a b', name: '' } }, 'newsletter.listId'],
    [{ unsubscribeUrls: [] }, 'server.url or newsletter.replyTo'],
    [{ unsubscribeUrls: ['javascript:alert(1)'] }, 'https or mailto'],
    [{ unsubscribeUrls: [`https://example.org/${'x'.repeat(1000)}`] }, 'short'],
    [{ replyTo: { name: '', address: 'é@example.org' } }, 'newsletter.replyTo'],
  ])('refuses %j, naming the key', async (changes, words) => {
    await expect(compose(changes)).rejects.toThrow(words)
  })

  it('lets no unsubscribe URL out of its brackets', async () => {
    const raw = await compose({
      unsubscribeUrls: ['mailto:a@example.org?subject=x>\r\nBcc: <b@example.org,"'],
    })
    expect(namesIn(raw)).toEqual(headerNames.filter((name) => name !== 'List-Unsubscribe-Post'))
  })
})

describe('messageIdFor', () => {
  it('is one for an edition and a subscriber, and tells nothing of either', () => {
    const id = messageIdFor('2026-11-23', 'ana', 'example.org')
    expect(id).toBe(messageIdFor('2026-11-23', 'ana', 'example.org'))
    expect(id).toMatch(/^<[0-9a-f]{32}@example\.org>$/)
    expect(id).not.toBe(messageIdFor('2026-11-23a', 'na', 'example.org'))
  })
})

describe.skipIf(!has('python3', '--version'))("python's email package", () => {
  it('reads the same names, subject and parts', async () => {
    const samples = fc.sample(fc.tuple(nasty, nasty), { numRuns: 100, seed: 1 })
    const messages = await Promise.all(
      samples.map(([name, subject]) =>
        compose({ to: { name, address: 'ana@example.net' }, subject, text: 'día\n' }),
      ),
    )
    const script = `
import sys, json, email, email.policy
out = []
for raw in json.load(sys.stdin):
    m = email.message_from_bytes(raw.encode(), policy=email.policy.default)
    to = m['To'].addresses[0]
    out.append([to.display_name.replace(' ', ''), to.addr_spec, str(m['Subject']),
                m.get_body(('plain',)).get_content().strip(),
                m.keys(), len(m.defects)])
json.dump(out, sys.stdout)`
    const { stdout } = spawnSync('python3', ['-c', script], {
      input: JSON.stringify(messages),
      encoding: 'utf8',
      maxBuffer: 1e8,
    })
    expect(JSON.parse(stdout)).toEqual(
      samples.map(([name, subject]) => [
        // python shows a space between the encoded words of a name, against RFC 2047 §6.2
        ...[oneLine(name).replaceAll(' ', ''), 'ana@example.net', oneLine(subject)],
        ...['día', headerNames, 0],
      ]),
    )
  })
})

function toBodyLines(text: string): string {
  return text
    .replace(/\r\n?|\n/g, '\r\n')
    .replace(/(?![\t\r\n])[\p{Cc}\p{Noncharacter_Code_Point}]/gu, '')
}

/** RFC 2045 §6.7, written apart from the encoder. */
function decodePart(part: string): string {
  const body = part.slice(part.indexOf('\r\n\r\n') + 4).replace(/=\r\n/g, '')
  return decodeURIComponent(
    body
      .replace(/[^\r\n\t !-~]/g, '?')
      .replace(/%/g, '%25')
      .replace(/=([0-9A-F]{2})/g, '%$1'),
  )
}
