import type { DomainLimit } from './delivery/limits.ts'
import type { WarmUp } from './delivery/warm-up.ts'
import type { Publication } from './model/publication.ts'
import type { Topic } from './model/topic.ts'

/** What a publisher writes in `tidings.config.ts`: every key is documented in docs/configuration.md. */
export interface UserConfig {
  publication: {
    title: string
    description: string
    url: string
    firstUrl?: string
    language?: string
    timezone?: string
    author?: { name: string; email?: string; url?: string }
    copyright?: string
    icon?: string
  }
  content?: { folder?: string; permalink?: string; strip?: string[] }
  feeds?: {
    limit?: number
    content?: 'full' | 'summary'
    per?: ('tag' | 'author' | 'section' | 'language')[]
    archives?: boolean
    updated?: 'declared' | 'text'
    hubs?: string[]
    podcastCategory?: string
    moved?: Record<string, string>
  }
  newsletter?: {
    name?: string
    from: string
    replyTo?: string
    bounces?: string
    listId?: string
    postalAddress: string
    subject?: string
    maxArticles?: number
    subscribers?: string
    topics?: { id: string; name: string; tags: string[]; default?: boolean }[]
  }
  mail?: {
    transport?: string
    connections?: number
    ratePerSecond?: number
    messagesPerConnection?: number
    domains?: Record<string, DomainLimit>
    warmUp?: WarmUp
    dkim?: DkimConfig | DkimConfig[]
  }
  store?: string
  server?: {
    url?: string
    bounces?: number
    lmtp?: boolean
    webhooks?: { ses?: string; postmark?: string; mailgun?: string; sendgrid?: string }
    port?: number
    secret?: string
    formerSecrets?: string[]
    joinOrigins?: string[]
    joinsPerHour?: number
    trustedProxies?: string[]
  }
}

/** A key that signs messages; the public half stands in the DNS at SELECTOR._domainkey.DOMAIN. */
export interface DkimConfig {
  readonly domain: string
  readonly selector: string
  readonly privateKey: string
}

/** By what the mail providers are known that tell us of bounces; what is absent is off. */
export interface WebhookKeys {
  /** the ARN of the topic that Amazon SES publishes to */
  readonly ses?: string
  /** `USER:PASSWORD` */
  readonly postmark?: string
  /** the signing key of webhooks */
  readonly mailgun?: string
  /** the verification key: SPKI, DER in base64 */
  readonly sendgrid?: string
}

/** A checked configuration with every default filled in. */
export interface Config {
  /** absolute: the folder of the configuration file; all relative paths start here */
  readonly root: string
  /** name of the configuration file, for messages */
  readonly file: string
  readonly publication: Publication
  readonly content: {
    readonly folder: string
    readonly permalink: string
    readonly strip: readonly string[]
  }
  readonly feeds: {
    readonly limit: number
    readonly content: 'full' | 'summary'
    readonly per: readonly ('tag' | 'author' | 'section' | 'language')[]
    readonly archives: boolean
    /** when an article counts as updated: when its author says so, or when its text has changed as well */
    readonly updated: 'declared' | 'text'
    readonly hubs: readonly string[]
    /** `News`, `News > Politics` */
    readonly podcastCategory: string
    /** old paths below `publication.url`, and where they lead to: a path below it, or an absolute URL */
    readonly moved: Readonly<Record<string, string>>
  }
  /** absent: this publication has feeds only */
  readonly newsletter?: {
    readonly name: string
    readonly from: string
    readonly replyTo?: string
    readonly bounces?: string
    readonly listId: string
    readonly postalAddress: string
    readonly subject: string
    readonly maxArticles: number
    readonly subscribers?: string
    /** what readers can choose from; none: everybody gets everything */
    readonly topics: readonly Topic[]
  }
  readonly mail: {
    readonly transport: string
    readonly connections: number
    /** 0: as fast as the relay takes them */
    readonly ratePerSecond: number
    readonly messagesPerConnection: number
    /** by recipient domain, several parted by commas, or `*` */
    readonly domains: Readonly<Record<string, DomainLimit>>
    readonly warmUp?: WarmUp
    /** each signs every message; none: the relay signs */
    readonly dkim: readonly DkimConfig[]
  }
  readonly store: string
  readonly server: {
    readonly url?: string
    readonly port: number
    /** where mail that comes back is taken; absent: nowhere */
    readonly bounces?: number
    /** whether LMTP is spoken there, and not SMTP */
    readonly lmtp: boolean
    readonly webhooks: WebhookKeys
    /** absent: the store keeps one */
    readonly secret?: string
    /** they verify what they once signed, and sign nothing */
    readonly formerSecrets: readonly string[]
    /** whose scripts may ask for people to join; forms may from anywhere */
    readonly joinOrigins: readonly string[]
    /** how many messages at most go out in an hour to people who ask to join */
    readonly joinsPerHour: number
    /** addresses and networks whose word on who asks is taken */
    readonly trustedProxies: readonly string[]
  }
}
