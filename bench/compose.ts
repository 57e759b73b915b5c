import MailComposer from 'nodemailer/lib/mail-composer'
import { slotWriters } from '../src/edition/personalise.ts'
import { composeMessage, messageTemplate } from '../src/mail/message.ts'
import type { Message } from '../src/model/message.ts'
import { content, filled, letter, newKey, recipientOf, valuesOf } from './letter.ts'
import { printTable } from './measure.ts'

/** One message after the other, or several at once as a sender has them in flight. */
export async function run([count = '4000', flight = '10']: readonly string[]): Promise<void> {
  const rsa = newKey('rsa')
  const ed = newKey('ed25519')
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

function nodemailers(index: number): Promise<Buffer> {
  const { from, to, date, messageId, subject, text, html } = filled(index)
  const composer = new MailComposer({ from, to, date, messageId, subject, text, html })
  return new Promise((resolve, reject) =>
    composer.compile().build((error, built) => (error ? reject(error) : resolve(built))),
  )
}
