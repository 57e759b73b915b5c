import { expect, it } from 'vitest'
import { smtpMailer } from '../../../src/mail/mailer/smtp.ts'
import { startRelay } from '../relay.ts'

async function parametersFor(
  envelope: { id?: string; to: string },
  extensions = ['PIPELINING', 'SMTPUTF8', 'DSN'],
) {
  await using relay = await startRelay({ extensions })
  const mailer = smtpMailer({ url: relay.url, connections: 1 })
  const bytes = Buffer.from('Subject: x\r\n\r\nx\r\n')
  const message = { envelope: { from: 'news@example.org', ...envelope }, messageId: '<1@x>', bytes }
  expect(await mailer.submit(message)).toMatchObject({ kind: 'submitted' })
  await mailer.close()
  const parameters = (verb: string) =>
    relay.commands.find((line) => line.startsWith(verb))?.replace(/^.*?> ?/, '')
  return [parameters('MAIL'), parameters('RCPT')]
}

it('asks a relay with DSN to name the message in a report of failure, and to leave out its body', async () => {
  expect(await parametersFor({ id: 'abc20261123-2', to: 'a+b=c@example.net' })).toEqual([
    'RET=HDRS ENVID=abc20261123-2',
    'NOTIFY=FAILURE ORCPT=rfc822;a+2Bb+3Dc@example.net',
  ])
})

it('writes an original recipient in UTF-8 so that relays without SMTPUTF8 can hand it on', async () => {
  expect(await parametersFor({ id: 'abc', to: 'jo+sé🌻@example.net' })).toEqual([
    'SMTPUTF8 RET=HDRS ENVID=abc',
    'NOTIFY=FAILURE ORCPT=utf-8;jo\\x{2B}s\\x{E9}\\x{1F33B}@example.net',
  ])
})

it('asks nothing of a relay without DSN, and nothing for a message without a name', async () => {
  expect(await parametersFor({ id: 'abc', to: 'a@example.net' }, ['PIPELINING'])).toEqual(['', ''])
  expect(await parametersFor({ to: 'a@example.net' })).toEqual(['', ''])
})
