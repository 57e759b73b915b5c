import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Wrong } from './config-check.ts'
import type { Config, UserConfig } from './config-types.ts'
import { checkKey, clashes, exposed, flatten, groupsOf, missing, show } from './config-values.ts'
import type { WarmUp } from './delivery/warm-up.ts'
import { Fault } from './model/fault.ts'
import type { Author } from './model/publication.ts'

export type { Config, DkimConfig, UserConfig, WebhookKeys } from './config-types.ts'

/** Gives an editor the types of a configuration; changes nothing. */
export function defineConfig(config: UserConfig): UserConfig {
  return config
}

/** The names of a configuration, the first found counts. */
export const configFiles = ['tidings.config.ts', 'tidings.config.mjs', 'tidings.config.json']

/**
 * Finds, reads and checks the configuration.
 *
 * @param cwd where to look
 * @param file the file to take instead of the first one found, relative to `cwd`
 * @throws {Fault} 'config-invalid', with every wrong key named in its message
 */
export async function loadConfig(
  cwd: string,
  { file, env }: { file?: string; env: NodeJS.ProcessEnv },
): Promise<Config> {
  const path = file ? resolve(cwd, file) : findConfig(cwd)
  const name = basename(path)
  const raw = await readConfig(path, name)
  const root = resolve(path, '..')
  const given = new Map<string, unknown>()
  const wrongs = [...flatten(raw, '', given)]
  for (const [key, value] of given) {
    const checked = checkKey(key, value, { root, env })
    if (checked instanceof Wrong)
      wrongs.push(`${key}: expected ${checked.expected}, found ${show(key, value)}`)
    else given.set(key, checked)
  }
  wrongs.push(...missing(given), ...clashes(given), ...exposed(given, root))
  if (wrongs.length > 0) {
    throw new Fault('config-invalid', wrongs.map((wrong) => `${name}: ${wrong}`).join('\n'))
  }
  return assemble(root, name, given)
}

function findConfig(cwd: string): string {
  const found = configFiles.map((name) => join(cwd, name)).find((path) => existsSync(path))
  if (found) return found
  throw new Fault(
    'config-invalid',
    `${cwd}: no ${configFiles.join(', ')} here; run 'tidings init' to make a publication, or name its folder with -C`,
  )
}

async function readConfig(path: string, name: string): Promise<unknown> {
  if (!existsSync(path)) throw new Fault('config-invalid', `${path}: no such configuration file`)
  try {
    if (name.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
    const module = await import(pathToFileURL(path).href)
    if (module.default === undefined) {
      throw new Fault(
        'config-invalid',
        `${name}: has no default export; write 'export default { … }'`,
      )
    }
    return module.default
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('config-invalid', `${name}: cannot be read: ${reason}`, { cause })
  }
}

function assemble(root: string, file: string, given: ReadonlyMap<string, unknown>): Config {
  // Every value has passed the check of its key, which is what its type in Config says.
  const get = <T>(key: string, fallback?: T): T => (given.get(key) ?? fallback) as T
  const url = get<string>('publication.url')
  const host = new URL(url).hostname
  const title = get<string>('publication.title')
  const hasNewsletter = given.has('newsletter.from')
  const author: Author = {
    name: get('publication.author.name'),
    email: get('publication.author.email'),
    url: get('publication.author.url'),
  }
  const icon = get<string | undefined>('publication.icon')
  return deepFreeze({
    root,
    file,
    publication: {
      title,
      description: get('publication.description'),
      url,
      ...(given.has('publication.firstUrl') && { firstUrl: get('publication.firstUrl') }),
      language: get('publication.language', 'en'),
      timezone: get('publication.timezone', 'UTC'),
      ...(author.name !== undefined && { author }),
      ...(given.has('publication.copyright') && { copyright: get('publication.copyright') }),
      ...(icon !== undefined && { icon: new URL(icon.replace(/^\//, ''), url).href }),
    },
    content: {
      folder: get('content.folder', 'content'),
      permalink: get('content.permalink', '/:slug/'),
      strip: get('content.strip', []),
    },
    feeds: {
      limit: get('feeds.limit', 20),
      content: get('feeds.content', 'full'),
      per: get('feeds.per', ['tag']),
      archives: get('feeds.archives', false),
      updated: get('feeds.updated', 'declared'),
      hubs: get('feeds.hubs', []),
      podcastCategory: get('feeds.podcastCategory', 'News'),
      moved: { ...get('feeds.moved', {}) },
    },
    newsletter: hasNewsletter
      ? {
          name: get('newsletter.name', title),
          from: get('newsletter.from'),
          replyTo: get('newsletter.replyTo'),
          bounces: get('newsletter.bounces'),
          listId: get('newsletter.listId', `newsletter.${host}`),
          postalAddress: get('newsletter.postalAddress'),
          subject: get('newsletter.subject', '{{ articles[0].title }}'),
          maxArticles: get('newsletter.maxArticles', 12),
          subscribers: get('newsletter.subscribers'),
          topics: groupsOf('newsletter.topics', given).map((group) => ({
            id: get<string>(`${group}.id`),
            name: get<string>(`${group}.name`),
            tags: get<readonly string[]>(`${group}.tags`),
            default: get(`${group}.default`, false),
          })),
        }
      : undefined,
    mail: {
      transport: get('mail.transport', 'maildir:out/outbox'),
      connections: get('mail.connections', 10),
      ratePerSecond: get('mail.ratePerSecond', 0),
      messagesPerConnection: get('mail.messagesPerConnection', 500),
      domains: get('mail.domains', {}),
      warmUp: get<WarmUp | undefined>('mail.warmUp'),
      dkim: groupsOf('mail.dkim', given).map((group) => ({
        domain: get<string>(`${group}.domain`),
        selector: get<string>(`${group}.selector`),
        privateKey: get<string>(`${group}.privateKey`),
      })),
    },
    store: get('store', 'sqlite:.tidings/tidings.db'),
    server: {
      url: get<string | undefined>('server.url'),
      port: get('server.port', 8080),
      bounces: get<number | undefined>('server.bounces'),
      lmtp: get('server.lmtp', false),
      webhooks: {
        ses: get<string | undefined>('server.webhooks.ses'),
        postmark: get<string | undefined>('server.webhooks.postmark'),
        mailgun: get<string | undefined>('server.webhooks.mailgun'),
        sendgrid: get<string | undefined>('server.webhooks.sendgrid'),
      },
      secret: get<string | undefined>('server.secret'),
      formerSecrets: get('server.formerSecrets', []),
      joinOrigins: get('server.joinOrigins', []),
      joinsPerHour: get('server.joinsPerHour', 500),
      trustedProxies: get('server.trustedProxies', ['127.0.0.0/8', '::1']),
    },
  } satisfies Config)
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner)
  }
  return Object.freeze(value)
}
