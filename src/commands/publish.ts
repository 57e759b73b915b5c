import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config } from '../config.ts'
import { buildReport } from './build.ts'
import { buildFeeds } from './build-feeds.ts'
import type { Command } from './command.ts'
import { overOption, readOver } from './over.ts'
import { rememberRendered } from './remember-rendered.ts'
import { sendEdition } from './send-edition.ts'
import { tellHubs } from './tell-hubs.ts'

export const command: Command = {
  usage: 'tidings publish [--over TIME]',
  help: `Builds the feeds, then sends the next edition or goes on with one that is not finished: what a cron line
runs. Hubs (feeds.hubs) are told which feeds have changed. A publication without a newsletter is only built.`,
  words: 0,
  options: { over: overOption },
  async run(context, { values }) {
    const spread = readOver(values.over)
    const config = await context.loadConfig()
    const render = rememberRendered()
    const feeds = await buildFeeds(config, context.now, render)
    const built = buildReport(feeds, context)
    context.signal.throwIfAborted()
    await tellHubs(config, feeds.paths, context)
    if (!config.newsletter) return built
    context.progress.note(built.text)
    const sent = await sendEdition(config, context, await render(), { dryRun: false, ...spread })
    // The edition stands in the archive now, whose feed the hubs know as well
    await tellHubs(config, feeds.paths, context)
    return { ...sent, text: [sent.text, '', ...howToLook(config)].join('\n') }
  },
}

/** Where the results are, with something that shows them. */
function howToLook({ root, mail }: Config): string[] {
  const feed = pathToFileURL(join(root, 'out/atom.xml')).href
  const maildir = /^maildir:(.*)/.exec(mail.transport)?.[1]
  return [
    `  Feeds    echo '${feed}' > /tmp/urls && newsboat -u /tmp/urls`,
    '  Browser  out/index.html',
    ...(maildir === undefined ? [] : [`  Mail     mutt -f ${maildir}`]),
  ]
}
