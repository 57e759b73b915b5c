import fc from 'fast-check'
import { type AddressObject, simpleParser } from 'mailparser'
import MailComposer from 'nodemailer/lib/mail-composer'
import { describe, expect, it } from 'vitest'
import { fillSlots, slotValues, slotWriters } from '../../src/edition/personalise.ts'
import { readDkimKey } from '../../src/mail/dkim-key.ts'
import {
  composeMessage,
  type Letter,
  messageIdFor,
  messageTemplate,
  type Recipient,
} from '../../src/mail/message.ts'
import { slot } from '../../src/model/edition.ts'
import { ed25519, rsa2048 } from './dkim-keys.ts'
import { nasty } from './hostile.ts'

const letter: Letter = {
  date: new Date('2026-11-23T08:05:09Z'),
  from: { name: 'The Daily', address: 'news@example.org' },
  replyTo: { name: '', address: 'desk@example.org' },
  list: { id: 'daily.example.org', name: 'The Daily' },
  feedbackId: '2026-11-23:daily.example.org:example',
}

const unsubscribeUrl = 'https://example.org/u/t0ken'
const recipient: Recipient = {
  messageId: messageIdFor('2026-11-23', 's1', 'example.org'),
  to: { name: 'Ana', address: 'ana@example.net' },
  unsubscribeUrls: [unsubscribeUrl],
}

const keys = [rsa2048, ed25519].map((key) =>
  readDkimKey({ domain: 'example.org', selector: 's1', privateKey: key.privateKey }, 'key'),
)

/** Texts with slots in every place: alone, at the ends of lines and of the text, between long and short words. */
const withSlots = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(slot('name'), slot('city', 'your “town”'), slot('id')),
      },
      fc.constantFrom(
        '\n',
        '\r\n',
        '\r',
        ' ',
        '\t',
        '=',
        '.',
        'é',
        '📰',
        '\uD83D',
        '\uDCF0',
        '<b>',
      ),
      fc.nat(80).map((length) => 'a'.repeat(length)),
      fc.nat(30).map((words) => 'ab c, '.repeat(words)),
      fc.nat(40).map((words) => '漢'.repeat(words)),
      fc.nat(6).map((lines) => `${'Some line of a text. '.repeat(4)}\n`.repeat(lines)),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))

const short = { subject: '', text: `abcd\n${'ab c, '.repeat(9)}${slot('name')}`, html: '' }

const halves = { subject: `\uD83D${slot('name')}\uDCF0`, text: '', html: '' }

const valuesOf = (name: string, city: string) =>
  slotValues({ name, address: 'ana@example.net', fields: { city } }, unsubscribeUrl)

describe('messageTemplate', () => {
  it('makes byte for byte what composing the filled message makes, signed or not', async () => {
    const content = fc.record({ subject: withSlots, text: withSlots, html: withSlots })
    await fc.assert(
      fc.asyncProperty(content, nasty, nasty, fc.boolean(), async (given, name, city, signed) => {
        const signers = signed ? keys.slice(1) : []
        const fill = messageTemplate(letter, given, slotWriters, signers)
        const values = valuesOf(name, city)
        const to = { name, address: 'ana@example.net' }
        const whole = { ...letter, ...recipient, to, ...fillSlots({ ...given }, values) }
        const filled = await fill({ ...recipient, to }, values)
        const composed = await composeMessage(whole, signers)
        expect(text(filled.bytes)).toBe(text(composed.bytes))
        expect(text(Buffer.concat(filled.parts ?? []))).toBe(text(filled.bytes))
        const { parts: _, ...rest } = filled
        expect(rest).toEqual({ ...composed, parts: undefined })
      }),
      // shorter than a line in all, and yet of two lines
      {
        numRuns: 500,
        examples: [
          [short, 'ab', '', false],
          [halves, '', '', false],
        ],
      },
    )
  })

  it('says what Nodemailer would say: the same structure, header and bodies, and these byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(withSlots, withSlots, fc.string(), async (plain, html, name) => {
        const values = valuesOf(name, 'Ávila')
        // Nodemailer leaves out an empty part, does not encode one in ASCII, and breaks a last line without end elsewhere
        const content = {
          subject: `Día de «${slot('name')}»`,
          text: `«${plain}.\n`,
          html: `<p>«${html}</p>\n`,
        }
        const ours = await messageTemplate(letter, content, slotWriters)(recipient, values)
        const { subject, ...parts } = fillSlots(content, values)
        const theirs = await nodemailers({
          subject,
          text: parts.text.replaceAll('\n', '\r\n'),
          html: parts.html.replaceAll('\n', '\r\n'),
        })
        expect(bodies(text(ours.bytes))).toEqual(bodies(theirs))
        expect(await decoded(text(ours.bytes))).toEqual(await decoded(theirs))
      }),
      { numRuns: 300 },
    )
  })

  it('keeps every line within its limits, whatever the values are', async () => {
    await fc.assert(
      fc.asyncProperty(withSlots, nasty, nasty, async (content, name, city) => {
        const parts = { subject: slot('name'), text: content, html: content }
        const to = { name, address: 'ana@example.net' }
        const fill = messageTemplate(letter, parts, slotWriters, keys.slice(1))
        const { bytes } = await fill({ ...recipient, to }, valuesOf(name, city))
        const lengths = text(bytes)
          .split('\r\n')
          .map((line) => line.length)
        expect(Math.max(...lengths)).toBeLessThanOrEqual(78)
        expect(text(bytes)).not.toMatch(/[^\r\n\t -~]|\r(?!\n)|(?<!\r)\n/)
      }),
      { numRuns: 300 },
    )
  })

  it('puts fallbacks where nothing is known, and gives nobody the values of another', async () => {
    const content = {
      subject: `${slot('firstName', 'Reader')}!`,
      text: `${slot('city', '“here”')} ${slot('never')}.`,
      html: `<p>${slot('city', '<here>')}</p>`,
    }
    const fill = messageTemplate(letter, content, slotWriters)
    const read = async (name: string, city: string) => {
      const { bytes } = await fill(recipient, valuesOf(name, city))
      const { subject, text = '', html } = await simpleParser(Buffer.from(bytes))
      return [subject, text.trim(), String(html).trim()]
    }
    expect(await Promise.all([read('Ada Lovelace', 'Paris'), read('', ' ')])).toEqual([
      ['Ada!', 'Paris .', '<p>Paris</p>'],
      ['Reader!', '“here” .', '<p>&lt;here&gt;</p>'],
    ])
  })
})

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

function nodemailers(content: { subject: string; text: string; html: string }): Promise<string> {
  const { date, from, list } = letter
  const composer = new MailComposer({
    ...content,
    from,
    to: recipient.to,
    replyTo: letter.replyTo,
    date,
    messageId: recipient.messageId,
    textEncoding: 'quoted-printable',
    headers: {
      'List-Id': `${list?.name} <${list?.id}>`,
      'List-Unsubscribe': `<${unsubscribeUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'Feedback-ID': letter.feedbackId ?? '',
    },
    newline: '\r\n',
  })
  return new Promise((resolve, reject) =>
    composer.compile().build((error, built) => (error ? reject(error) : resolve(String(built)))),
  )
}

/** Both parts as they are encoded. */
function bodies(raw: string): string[] {
  const boundary = /boundary="([^"]*)"/.exec(raw)?.[1] ?? ''
  return raw
    .split(`\r\n--${boundary}`)
    .slice(1, 3)
    .map((part) => part.slice(part.indexOf('\r\n\r\n') + 4))
}

async function decoded(raw: string) {
  const mail = await simpleParser(raw)
  const { from, to, replyTo, subject, date, messageId, headers } = mail
  const people = [from, to as AddressObject, replyTo].map((one) => one?.value)
  const { value, params } = headers.get('content-type') as { value: string; params: object }
  const types = [...raw.matchAll(/^Content-(?:Type|Transfer-Encoding): .*$/gm)].map(String)
  const feedback = headers.get('feedback-id')
  const names = [...headers.keys()].sort()
  const list = headers.get('list')
  return {
    ...{
      people,
      subject,
      date,
      messageId,
      value,
      names,
      list,
      feedback,
      params: Object.keys(params),
    },
    ...{ types: types.slice(1), plain: mail.text, html: mail.html },
  }
}
