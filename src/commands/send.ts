import { Fault } from '../model/fault.ts'
import type { Command } from './command.ts'
import { overOption, readOver } from './over.ts'
import { rememberRendered } from './remember-rendered.ts'
import { sendEdition } from './send-edition.ts'

export const command: Command = {
  usage: 'tidings send [--dry-run] [--test ADDRESS] [--edition ID] [--limit N] [--over TIME]',
  help: `Plans the next edition from the articles that were never sent, renders it, and delivers it to every active
subscriber; or goes on with an edition that is not finished. Nobody gets an edition twice, however often this runs.`,
  words: 0,
  options: {
    'dry-run': { type: 'boolean', help: 'store and mail nothing; the message is in out/editions/' },
    test: {
      type: 'string',
      value: 'ADDRESS',
      help: 'mail the next edition to this address only; record nothing',
    },
    edition: { type: 'string', value: 'ID', help: 'go on with this edition' },
    limit: { type: 'string', value: 'N', help: 'at most N messages in this run' },
    over: overOption,
  },
  run: async (context, { values }) => {
    const { 'dry-run': dryRun, test, edition, limit, over } = values
    if (test !== undefined && dryRun)
      throw new Fault('usage', '--test mails and --dry-run does not: say one of them')
    if (over !== undefined && (dryRun || test !== undefined))
      throw new Fault(
        'usage',
        '--over spreads an edition over its readers: not with --dry-run or --test',
      )
    const spread = readOver(over)
    const config = await context.loadConfig()
    return sendEdition(config, context, await rememberRendered()(), {
      dryRun: Boolean(dryRun),
      ...(typeof test === 'string' && { test }),
      ...(typeof edition === 'string' && { edition }),
      ...spread,
      ...(typeof limit === 'string' && { limit: readLimit(limit) }),
    })
  },
}

function readLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit > 0) return limit
  throw new Fault('usage', `--limit ${text}: not a whole number above 0`)
}
