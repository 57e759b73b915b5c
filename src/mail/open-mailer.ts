import { resolve } from 'node:path'
import { Fault } from '../model/fault.ts'
import { maildirMailer } from './mailer/maildir.ts'
import { smtpMailer } from './mailer/smtp.ts'
import type { Mailer } from './mailer.ts'

export interface MailerTerms {
  /** what a relative `maildir:` is relative to */
  readonly root: string
  /** how many connections to a relay at once */
  readonly connections: number
  /** after so many a connection is replaced; default 500 */
  readonly messagesPerConnection?: number
  /** gives up connections that are being made */
  readonly signal?: AbortSignal
}

/**
 * The mailer that `mail.transport` names: `maildir:DIR`, `smtp://…` or `smtps://…`. Connects to nothing yet.
 *
 * @throws {Fault} 'config-invalid'; it holds no password
 */
export function openMailer(transport: string, { root, ...terms }: MailerTerms): Mailer {
  const [, scheme = '', rest = ''] = /^([a-z]+):(.*)$/is.exec(transport.trim()) ?? []
  switch (scheme.toLowerCase()) {
    case 'maildir':
      if (rest === '') throw refused('maildir: needs a folder, as in maildir:out/outbox')
      return maildirMailer(resolve(root, rest))
    case 'smtp':
    case 'smtps':
      return smtpMailer({ url: transport.trim(), ...terms })
    case 'env':
      throw refused(`the environment variable ${rest} is not set; it is to name the relay`)
    default:
      throw refused('write maildir:DIR, smtp://HOST or smtps://HOST')
  }
}

function refused(reason: string): Fault {
  return new Fault('config-invalid', `mail.transport: ${reason}`)
}
