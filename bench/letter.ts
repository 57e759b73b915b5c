import { generateKeyPairSync } from 'node:crypto'
import { fillSlots, slotValues } from '../src/edition/personalise.ts'
import { readDkimKey } from '../src/mail/dkim-key.ts'
import { messageIdFor } from '../src/mail/message.ts'
import { slot } from '../src/model/edition.ts'

const paragraph = (index: number) =>
  `Story ${index}: the harbour — once more — was full of boats, and nobody could say whose they were. `
const stories = Array.from({ length: 130 }, (_, index) => paragraph(index).repeat(3))

/** Makes messages of 56 KB. */
export const content = {
  subject: 'The harbour — news',
  html: `<html><body><p>Hello ${slot('firstName', 'reader')}</p>${stories
    .map((story) => `<p style="margin:0">${story}</p>\n`)
    .join(
      '',
    )}<p>${slot('address')} <a href="${slot('unsubscribeUrl')}">Unsubscribe</a></p></body></html>`,
  text: `Hello ${slot('name')}\n\n${stories.slice(0, 25).join('\n\n')}\n\n${slot('unsubscribeUrl')}\n`,
}

export const letter = {
  date: new Date('2026-11-23T08:00:00Z'),
  from: { name: 'News', address: 'news@example.org' },
  list: { id: 'news.example.org', name: 'News' },
  feedbackId: '2026-11-23:news.example.org:example',
}

/** A signing key for example.org. */
export function newKey(algorithm: 'rsa' | 'ed25519') {
  const { privateKey } =
    algorithm === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ed25519')
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return readDkimKey({ domain: 'example.org', selector: algorithm, privateKey: pem }, 'bench')
}

export const readerOf = (index: number) => ({
  name: `Ada ${index}`,
  address: `reader${index}@example.net`,
})

const link = (reader: string | number) => `https://news.example.org/unsubscribe/${reader}`

export function valuesOf(index: number) {
  return slotValues(readerOf(index), link(index))
}

export function recipientOf(index: number) {
  return {
    messageId: messageIdFor('2026-11-23', String(index), 'example.org'),
    to: readerOf(index),
    unsubscribeUrls: [link(index), 'mailto:news@example.org?subject=unsubscribe'],
  }
}

export function filled(index: number) {
  return { ...letter, ...recipientOf(index), ...fillSlots(content, valuesOf(index)) }
}
