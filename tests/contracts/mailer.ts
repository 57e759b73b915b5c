import { describe, expect, it } from 'vitest'
import type { Mailer, Message } from '../../src/mail/mailer.ts'

/** A mailer, and what has arrived at its other end. */
export interface MailerUnderTest extends AsyncDisposable {
  readonly mailer: Mailer
  /** the messages as received, with CRLF line ends, in any order */
  received(): Promise<readonly string[]>
}

export function messageTo(
  to: string,
  body = 'Good morning\r\n',
  from = 'news@example.org',
): Message {
  const messageId = `<${Buffer.from(to).toString('hex')}@example.org>`
  const head = [`From: ${from}`, `To: ${to}`, 'Subject: All quiet', `Message-ID: ${messageId}`]
  return {
    envelope: { from, to },
    messageId,
    bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`),
  }
}

/** What every mailer promises. */
export function describeMailer(name: string, open: () => Promise<MailerUnderTest>): void {
  describe(`the mailer contract: ${name}`, () => {
    it('hands a message over whole', async () => {
      await using it = await open()
      const message = messageTo('ana@example.net', 'a\r\n.\r\n..b\r\n.c\r\n')
      expect((await it.mailer.submit(message)).kind).toBe('submitted')
      const [received = ''] = await it.received()
      expect(received).toContain(Buffer.from(message.bytes).toString())
    })

    it('takes a message that does not end with a line end, and one of several megabytes', async () => {
      await using it = await open()
      expect((await it.mailer.submit(messageTo('a@example.net', 'end'))).kind).toBe('submitted')
      const body = `${'x'.repeat(70)}\r\n`.repeat(50_000)
      expect((await it.mailer.submit(messageTo('b@example.net', body))).kind).toBe('submitted')
      const received = await it.received()
      expect(received.some((text) => text.endsWith(body))).toBe(true)
    })

    it('keeps many messages apart that are submitted at once', async () => {
      await using it = await open()
      const readers = Array.from({ length: 50 }, (_, index) => `reader${index}@example.net`)
      const outcomes = await Promise.all(readers.map((to) => it.mailer.submit(messageTo(to))))
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['submitted']))
      const received = await it.received()
      expect(received).toHaveLength(readers.length)
      for (const to of readers) {
        expect(received.filter((text) => text.includes(`\r\nTo: ${to}\r\n`))).toHaveLength(1)
      }
    })

    it('hands nothing over before there is leave to, whatever has been sent of it', async () => {
      await using it = await open()
      let give: (leave: boolean) => void = () => {}
      const leave = new Promise((resolve) => (give = resolve))
      const begun = it.mailer.submit(messageTo('ana@example.net'), { leave })
      expect((await it.mailer.submit(messageTo('ben@example.net'))).kind).toBe('submitted')
      expect(await it.received()).toHaveLength(1)
      give(true)
      expect((await begun).kind).toBe('submitted')
      expect(await it.received()).toHaveLength(2)
    })

    it('never hands over what gets no leave, and goes on with the next', async () => {
      await using it = await open()
      const no = new Error('not this one')
      const leave = new Promise((_, reject) => setTimeout(reject, 20, no))
      const kept = it.mailer.submit(messageTo('ana@example.net'), { leave })
      await expect(kept).rejects.toBe(no)
      expect((await it.mailer.submit(messageTo('ben@example.net'))).kind).toBe('submitted')
      expect(await it.received()).toHaveLength(1)
    })

    it('hands over what was named as the next one, in order, and what was not', async () => {
      await using it = await open()
      const messages = ['a', 'b', 'c', 'd', 'e'].map((name) => messageTo(`${name}@example.net`))
      for (const [index, message] of messages.entries()) {
        const next = () => (index === 2 ? undefined : messages[index + 1])
        expect((await it.mailer.submit(message, { next })).kind).toBe('submitted')
      }
      expect(await it.received()).toHaveLength(5)
    })

    it('takes a UTF-8 address', async () => {
      await using it = await open()
      const outcome = await it.mailer.submit(messageTo('josé@xn--bcher-kva.example'))
      expect(outcome.kind).toBe('submitted')
      expect((await it.received())[0]).toContain('To: josé@xn--bcher-kva.example\r\n')
    })

    it('closes without having been used, and after', async () => {
      await using unused = await open()
      await unused.mailer.close()
      await using used = await open()
      await used.mailer.submit(messageTo('ana@example.net'))
      await used.mailer.close()
      expect(await used.received()).toHaveLength(1)
    })
  })
}
