import { hash } from 'node:crypto'
import { replyLine } from '../mail/reply.ts'
import type { FeedbackKind } from '../model/feedback.ts'

export type Provider = 'ses' | 'postmark' | 'mailgun' | 'sendgrid'

/** What a mail provider tells of one message, by the provider's own word: its signature was verified. */
export interface ProviderEvent {
  readonly source: Provider
  /** the same for the same event, however often it is sent */
  readonly key: string
  readonly kind: FeedbackKind
  readonly address: string
  /** of the message, with or without angle brackets; absent: not told, or a name of the provider's own */
  readonly messageId?: string
  /** what the message was sent from, which may have our token in it */
  readonly returnPath?: string
  readonly status: string
  readonly diagnostic: string
  /** absent: not told, or no date */
  readonly at?: Date
}

export interface EventParts {
  readonly source: Provider
  /** what the provider calls it, and what else tells it from others */
  readonly id: readonly (string | number)[]
  readonly kind: FeedbackKind
  readonly address: string
  readonly messageId?: string
  readonly returnPath?: string
  readonly status?: string
  readonly words?: string
  readonly at?: string | number
}

/** @param parts.at ISO 8601, or seconds since 1970 */
export function providerEvent(parts: EventParts): ProviderEvent {
  const { source, id, kind, address, status = '', words = '', at = '' } = parts
  const date = new Date(typeof at === 'number' ? at * 1000 : at)
  return {
    ...{ source, kind, address, status },
    key: hash('sha256', JSON.stringify([source, ...id, address, kind])),
    diagnostic: replyLine(words.slice(0, 5000)),
    ...(parts.messageId && { messageId: parts.messageId }),
    ...(parts.returnPath && { returnPath: parts.returnPath }),
    ...(Number.isNaN(date.getTime()) ? {} : { at: date }),
  }
}

/** The value at a path of keys in what somebody sent as JSON; undefined where there is none. */
export function dig(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Record<string, unknown>)[key]
  }
  return here
}

/** The text there, or empty; a number as it is written. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = dig(value, ...path)
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = dig(value, ...path)
  return Array.isArray(found) ? found : []
}
