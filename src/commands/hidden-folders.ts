import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'

/** Messages with the names and addresses of readers may lie in out/. */
export function hiddenFolders({ root, mail }: Config): readonly string[] {
  const maildir = /^maildir:(.+)/.exec(mail.transport)?.[1]
  const usual = join(root, 'out/outbox')
  return maildir === undefined ? [usual] : [usual, resolve(root, maildir)]
}
