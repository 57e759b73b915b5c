import { createPublicKey } from 'node:crypto'
import { isAbsolute } from 'node:path'
import { type Check, Wrong } from './config-check.ts'
import { domains, warmUp } from './config-throttle.ts'
import { podcastCategories } from './feeds/podcast-categories.ts'
import { isNetwork } from './http/client-address.ts'
import { readSmtpUrl } from './mail/smtp-url.ts'
import { topicId } from './model/topic.ts'

// The table of configuration keys: what each takes, in words for people and as a check.

const text: Check = (value) =>
  typeof value === 'string' && value.trim() !== '' && !hasControl(value)
    ? value.trim()
    : new Wrong('a text on one line')

const texts =
  (each: Check, what: string): Check =>
  (value) => {
    if (!Array.isArray(value)) return new Wrong(`a list of ${what}`)
    const checked = value.map(each)
    return checked.find((one) => one instanceof Wrong) ?? checked
  }

const integer =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? value
      : new Wrong(`a whole number from ${least} to ${most}`)

const number =
  (least: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= least
      ? value
      : new Wrong(`a number, ${least} or more`)

const boolean: Check = (value) => (typeof value === 'boolean' ? value : new Wrong('true or false'))

const podcastCategory: Check = (value) =>
  podcastCategories.includes(String(value))
    ? value
    : new Wrong("a category of Apple's directory of podcasts, as in 'News' or 'News > Politics'")

const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string) ? value : new Wrong(`one of ${words.join(', ')}`)

/** An absolute http(s) URL; `slash` makes it a folder. */
const webUrl =
  ({ slash = false } = {}): Check =>
  (value) => {
    const expected = new Wrong('an absolute URL, https://example.org/')
    if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || !URL.canParse(value))
      return expected
    const url = new URL(value)
    if (url.username || url.password) return new Wrong('a URL without user and password')
    if (!slash) return url.href
    if (url.search || url.hash) return new Wrong('a URL without ? and #')
    if (!url.pathname.endsWith('/')) url.pathname += '/'
    return url.href
  }

const urlOrPath: Check = (value) =>
  typeof value === 'string' && !/\s/.test(value) && URL.canParse(value, 'https://example.org/')
    ? value
    : new Wrong('a URL, or a path below publication.url')

const language: Check = (value) => {
  const expected = new Wrong('a language tag such as en, pt-BR or zh-Hant (BCP 47)')
  if (typeof value !== 'string') return expected
  try {
    return Intl.getCanonicalLocales(value)[0] ?? expected
  } catch {
    return expected
  }
}

const timezone: Check = (value) => {
  const expected = new Wrong('an IANA time zone such as Europe/Madrid or UTC')
  if (typeof value !== 'string') return expected
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return value
  } catch {
    return expected
  }
}

const pattern: Check = (value) => {
  if (typeof value !== 'string') return new Wrong('a regular expression as text')
  try {
    new RegExp(value, 'u')
    return value
  } catch (error) {
    return new Wrong(`a regular expression (${error instanceof Error ? error.message : error})`)
  }
}

const permalink: Check = (value) => {
  if (typeof value !== 'string' || !value.startsWith('/'))
    return new Wrong("a path such as '/:slug/'")
  const known = ['slug', 'year', 'month', 'day', 'section', 'path']
  const stranger = [...value.matchAll(/:([a-z]+)/gi)].find(
    ([, name]) => !known.includes(name ?? ''),
  )
  if (stranger)
    return new Wrong(`a path of ${known.map((name) => `:${name}`).join(' ')}, not ${stranger[0]}`)
  return /:(slug|path)/.test(value) ? value : new Wrong('a path with :slug or :path in it')
}

const transport: Check = (value) => {
  const expected = new Wrong('maildir:DIR, smtp://HOST or smtps://HOST')
  if (typeof value !== 'string') return expected
  if (/^maildir:./.test(value)) return value
  if (!/^smtps?:/i.test(value)) return expected
  try {
    readSmtpUrl(value)
    return value
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^mail\.transport: /, '') : ''
    return new Wrong(`the URL of a relay (${reason})`)
  }
}

const store: Check = (value) =>
  typeof value === 'string' && /^(sqlite:.|postgres(ql)?:\/\/.)/.test(value)
    ? value
    : new Wrong('sqlite:FILE or postgres://…')

const folder: Check = (value) =>
  typeof value === 'string' &&
  value !== '' &&
  !hasControl(value) &&
  !isAbsolute(value) &&
  !value.split(/[\\/]/).includes('..')
    ? value.replaceAll('\\', '/').replace(/\/+$/, '')
    : new Wrong('a folder inside the publication, such as content')

const listId: Check = (value) =>
  typeof value === 'string' && /^[a-z\d]([\w-]*[a-z\d])?(\.[a-z\d]([\w-]*[a-z\d])?)+$/i.test(value)
    ? value
    : new Wrong('a name with dots such as news.example.org (RFC 2919)')

const network: Check = (value) =>
  typeof value === 'string' && isNetwork(value)
    ? value
    : new Wrong('addresses and networks such as 10.0.0.0/8')

const secret: Check = (value) =>
  typeof value === 'string' && value.length >= 16 ? value : new Wrong('at least 16 characters')

/** As a browser writes it into the header Origin: scheme, host and port. */
const origin: Check = (value) => {
  const url = webUrl()(value)
  return typeof url === 'string' && new URL(url).origin === url.replace(/\/$/, '')
    ? new URL(url).origin
    : new Wrong('an origin without a path, such as https://example.org')
}

const topic: Check = (value) => {
  const isName = typeof value === 'string' && topicId.test(value)
  // What lists of readers say in place of topics
  return isName && value !== 'all' && value !== 'none'
    ? value
    : new Wrong('a short name of small letters, digits and -, such as politics')
}

/** Old paths below publication.url, and where they lead to now: a path below it, or an absolute URL. */
const moved: Check = (value) => {
  const expected = new Wrong("an object such as { '/old/feed.xml': '/rss.xml' }")
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return expected
  for (const [path, target] of Object.entries(value)) {
    const isPath = /^\/(?!\/)[^\s?#\\]*$/.test(path) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(path)
    if (!isPath) return new Wrong(`paths that begin with / and have no ? or #, not ${path}`)
    const isTarget =
      typeof target === 'string' &&
      (/^\/(?!\/)[^\s\\]*$/.test(target) || !(webUrl()(target) instanceof Wrong))
    if (!isTarget) return new Wrong(`for ${path} a path that begins with /, or a URL`)
    if (Object.hasOwn(value, target)) return new Wrong(`for ${path} where ${target} leads to`)
  }
  return value
}

function hasControl(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f]/.test(value)
}

const snsTopic: Check = (value) =>
  typeof value === 'string' && /^arn:aws[\w-]*:sns:[a-z\d-]+:\d+:[\w.-]+$/.test(value)
    ? value
    : new Wrong('the ARN of a topic of Amazon SNS, arn:aws:sns:REGION:ACCOUNT:NAME')

/** Providers that sign nothing know a password. */
const basicCredentials: Check = (value) =>
  typeof value === 'string' && /^[^:\s]+:\S{16,}$/.test(value)
    ? value
    : new Wrong('USER:PASSWORD, the password of at least 16 characters')

const publicKey: Check = (value) => {
  const expected = new Wrong('the verification key that SendGrid shows (P-256, base64 or PEM)')
  if (typeof value !== 'string') return expected
  const bare = value.replace(/-----[A-Z ]+-----|\s/g, '')
  try {
    const key = createPublicKey({ key: Buffer.from(bare, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? bare : expected
  } catch {
    return expected
  }
}

/** Groups of keys of which there may be a list. */
export const lists: readonly string[] = ['mail.dkim', 'newsletter.topics']

/** Every key of the configuration, in the order in which they are documented. */
export const keys: Readonly<Record<string, Check>> = {
  'publication.title': text,
  'publication.description': text,
  'publication.url': webUrl({ slash: true }),
  'publication.firstUrl': webUrl({ slash: true }),
  'publication.language': language,
  'publication.timezone': timezone,
  'publication.author.name': text,
  'publication.author.email': text,
  'publication.author.url': webUrl(),
  'publication.copyright': text,
  'publication.icon': urlOrPath,
  'content.folder': folder,
  'content.permalink': permalink,
  'content.strip': texts(pattern, 'regular expressions'),
  'feeds.limit': integer(1, 10_000),
  'feeds.content': oneOf('full', 'summary'),
  'feeds.per': texts(
    oneOf('tag', 'author', 'section', 'language'),
    'tag, author, section, language',
  ),
  'feeds.archives': boolean,
  'feeds.updated': oneOf('declared', 'text'),
  'feeds.hubs': texts(webUrl(), 'URLs'),
  'feeds.podcastCategory': podcastCategory,
  'feeds.moved': moved,
  'newsletter.name': text,
  'newsletter.from': text,
  'newsletter.replyTo': text,
  'newsletter.bounces': text,
  'newsletter.listId': listId,
  'newsletter.postalAddress': text,
  'newsletter.subject': text,
  'newsletter.maxArticles': integer(1, 200),
  'newsletter.subscribers': text,
  'newsletter.topics.id': topic,
  'newsletter.topics.name': text,
  'newsletter.topics.tags': (value) =>
    Array.isArray(value) && value.length === 0
      ? new Wrong('at least one tag')
      : texts(text, 'tags')(value),
  'newsletter.topics.default': boolean,
  'mail.transport': transport,
  'mail.connections': integer(1, 1000),
  'mail.ratePerSecond': (value) => (value === 0 ? value : number(0.001)(value)),
  'mail.messagesPerConnection': integer(1, 1_000_000),
  'mail.domains': (value) => domains(value),
  'mail.warmUp': (value) => warmUp(value),
  'mail.dkim.domain': text,
  'mail.dkim.selector': text,
  'mail.dkim.privateKey': (value) =>
    typeof value === 'string' && value !== '' ? value : new Wrong('a PEM key, best as file:PATH'),
  store,
  'server.url': webUrl({ slash: true }),
  'server.port': integer(0, 65_535),
  'server.bounces': integer(0, 65_535),
  'server.lmtp': boolean,
  'server.webhooks.ses': snsTopic,
  'server.webhooks.postmark': basicCredentials,
  'server.webhooks.mailgun': text,
  'server.webhooks.sendgrid': publicKey,
  'server.secret': secret,
  'server.formerSecrets': texts(secret, 'secrets of at least 16 characters'),
  'server.joinOrigins': texts(origin, 'origins such as https://example.org'),
  'server.joinsPerHour': integer(1, 1_000_000),
  'server.trustedProxies': texts(network, 'addresses and networks such as 10.0.0.0/8'),
}
