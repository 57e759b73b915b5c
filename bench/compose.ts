import { generateKeyPairSync } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import { fillSlots, slotValues, slotWriters } from '../src/edition/personalise.ts'
import { readDkimKey } from '../src/mail/dkim-key.ts'
import { composeMessage, messageIdFor, messageTemplate } from '../src/mail/message.ts'
import { slot } from '../src/model/edition.ts'
import type { Message } from '../src/model/message.ts'
import { printTable } from './measure.ts'

const paragraph = (index: number) =>
  `Story ${index}: the harbour — once more — was full of boats, and nobody could say whose they were. `
const stories = Array.from({ length: 130 }, (_, index) => paragraph(index).repeat(3))
const content = {
  subject: 'The harbour — news',
  html: `<html><body><p>Hello ${slot('firstName', 'reader')}</p>${stories
    .map((story) => `<p style="margin:0">${story}</p>\n`)
    .join(
      '',
    )}<p>${slot('address')} <a href="${slot('unsubscribeUrl')}">Unsubscribe</a></p></body></html>`,
  text: `Hello ${slot('name')}\n\n${stories.slice(0, 25).join('\n\n')}\n\n${slot('unsubscribeUrl')}\n`,
}
const letter = {
  date: new Date('2026-11-23T08:00:00Z'),
  from: { name: 'News', address: 'news@example.org' },
  list: { id: 'news.example.org', name: 'News' },
  feedbackId: '2026-11-23:news.example.org:example',
}

/** One message after the other, or several at once as a sender has them in flight. */
export async function run([count = '4000', flight = '10']: readonly string[]): Promise<void> {
  const key = (selector: string, privateKey: { export(options: object): string | Buffer }) => {
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    return readDkimKey({ domain: 'example.org', selector, privateKey: pem }, 'bench')
  }
  const rsa = key('rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
  const ed = key('ed', generateKeyPairSync('ed25519').privateKey)
  const template = (keys: Parameters<typeof messageTemplate>[3]) => {
    const fill = messageTemplate(letter, content, slotWriters, keys)
    return (index: number) => fill(recipientOf(index), valuesOf(index))
  }
  const makers: Readonly<Record<string, (index: number) => Promise<Message | Buffer>>> = {
    'Nodemailer, html and text a message': nodemailers,
    'ours, composed a message': (index) => composeMessage(filled(index)),
    'ours, template': template([]),
    'ours, template, Ed25519': template([ed]),
    'ours, template, RSA-2048': template([rsa]),
    'ours, template, RSA-2048 and Ed25519': template([rsa, ed]),
  }
  const rows: string[][] = []
  for (const [name, make] of Object.entries(makers)) {
    await repeat(make, 300, Number(flight))
    rows.push([name, ...(await repeat(make, Number(count), Number(flight)))])
  }
  printTable(['composing', 'octets', 'messages/s', 'ms', 'CPU ms'], rows)
}

async function repeat(
  make: (index: number) => Promise<Message | Buffer>,
  count: number,
  flight: number,
): Promise<string[]> {
  let next = 0
  let octets = 0
  const cpu = process.cpuUsage()
  const started = performance.now()
  const worker = async () => {
    while (next < count) {
      const made = await make(next++)
      octets = ('bytes' in made ? made.bytes : made).length
    }
  }
  await Promise.all(Array.from({ length: flight }, worker))
  const elapsed = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return [
    String(octets),
    ((count / elapsed) * 1000).toFixed(0),
    (elapsed / count).toFixed(3),
    ((user + system) / 1000 / count).toFixed(3),
  ]
}

const link = (index: number) => `https://news.example.org/unsubscribe/${index}`

function valuesOf(index: number) {
  return slotValues({ name: `Ada ${index}`, address: `reader${index}@example.net` }, link(index))
}

function recipientOf(index: number) {
  return {
    messageId: messageIdFor('2026-11-23', String(index), 'example.org'),
    to: { name: `Ada ${index}`, address: `reader${index}@example.net` },
    unsubscribeUrls: [link(index), 'mailto:news@example.org?subject=unsubscribe'],
  }
}

function filled(index: number) {
  return { ...letter, ...recipientOf(index), ...fillSlots(content, valuesOf(index)) }
}

function nodemailers(index: number): Promise<Buffer> {
  const { from, to, date, messageId, subject, text, html } = filled(index)
  const composer = new MailComposer({ from, to, date, messageId, subject, text, html })
  return new Promise((resolve, reject) =>
    composer.compile().build((error, built) => (error ? reject(error) : resolve(built))),
  )
}
