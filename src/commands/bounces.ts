import { join, resolve } from 'node:path'
import { mailKeeper } from '../bounces/keep-mail.ts'
import { type FoundMail, readMailbox, readStream } from '../bounces/read-mailbox.ts'
import { takeIn } from '../bounces/take-in.ts'
import { Fault } from '../model/fault.ts'
import { bounceTally } from './bounce-tally.ts'
import type { Command } from './command.ts'
import { openStore } from './open-store.ts'

/** Below the publication: where messages are kept that came by a pipe or a socket and were not understood. */
export const unreadFolder = '.tidings/unread'

export const command: Command = {
  usage: 'tidings bounces PATH|- [--unseen]',
  help: `Reads what came back: bounces, complaints, and wishes to leave by mail, from a Maildir, an mbox, a file, or
standard input (-). The same message again changes nothing. Who does not exist is suppressed, who bounces in three editions
in a row too; who complains or asks to leave is off the list at once. What is not understood is named, and the exit status
is 3 then; from standard input it is also kept, in ${unreadFolder}. docs/bounces.md says what counts as what.`,
  words: 1,
  options: {
    unseen: {
      type: 'boolean',
      help: 'of a Maildir, only what nobody has seen; what is understood is marked as seen',
    },
  },
  async run(context, { values, positionals }) {
    const [path] = positionals
    if (path === undefined) {
      throw new Fault(
        'usage',
        "name a Maildir, an mbox or a file, or - ; see 'tidings bounces --help'",
      )
    }
    const config = await context.loadConfig()
    const isPiped = path === '-'
    const unseen = values.unseen === true
    const mails = isPiped
      ? readStream(context.stdin, 'standard input')
      : readMailbox(resolve(context.cwd, path), { unseen })
    const keep = mailKeeper(join(config.root, unreadFolder))
    const tally = bounceTally()
    const store = await openStore(config)
    try {
      for await (const mail of mails) {
        context.signal.throwIfAborted()
        const taken = await read(mail)
        const isUnclear = taken.kind === 'unclear'
        // Whoever piped it here takes it for delivered
        const name = isPiped && isUnclear && 'bytes' in mail ? await keep(mail.bytes) : mail.name
        tally.add(name, taken)
        if (unseen && !isUnclear && 'markSeen' in mail) await mail.markSeen?.()
        context.progress(mail.name)
      }
    } finally {
      await store.close()
    }
    return {
      text: tally.text(),
      json: tally.json(),
      status: tally.unclear.length > 0 ? 3 : 0,
    }

    async function read(mail: FoundMail) {
      if ('reason' in mail) return { kind: 'unclear', reason: mail.reason } as const
      return takeIn(store, mail, context.clock())
    }
  },
}
