import { parseAddress } from '../mail/address.ts'
import { type BounceToken, readBounceToken } from '../mail/return-path.ts'
import type { Mail } from './open-mail.ts'

/**
 * What a message has in it that only a message of ours can have brought there. Whether it is true, the store knows.
 */
export interface Evidence {
  /** of return paths and envelope identifiers, sealed */
  readonly tokens: readonly BounceToken[]
  /** of messages that may be ours, without angle brackets */
  readonly messageIds: readonly string[]
  /** of unsubscribe links */
  readonly readerTokens: readonly string[]
  /** to whom the message that came back was written, where it says so */
  readonly sentTo: readonly string[]
}

/** So many of each, the first ones: more is somebody who tries. */
const most = 10
const mostOfReturned = 60_000

const sealed = /(?<![a-z0-9])[a-z2-7]{34}\d{8}(?:-\d{1,3})?(?![a-z0-9])/gi
const ownId = /(?<![0-9a-f])[0-9a-f]{32}@[\w.-]{1,255}/gi
const ownLink = /unsubscribe(?:\/|%20|\+|\s)([\w-]{22})(?![\w-])/gi

/**
 * Gathers it, what is most to be believed first.
 *
 * @param envelope to whom it was delivered (RCPT TO), where that is known
 */
export function gatherEvidence(mail: Mail, envelope: readonly string[] = []): Evidence {
  const named = ['x-original-to', 'delivered-to', 'envelope-to', 'x-envelope-to', 'to']
  const text = [
    ...envelope,
    ...named.flatMap((name) => mail.headers(name)),
    ...mail.parts.map((part) => part.text.slice(0, mostOfReturned)),
    mail.text,
    ...['in-reply-to', 'references'].flatMap((name) => mail.headers(name)),
  ].join('\n')
  const found = (pattern: RegExp) => [...new Set(take(text.matchAll(pattern)))]
  return {
    tokens: found(sealed).flatMap((token) => readBounceToken(token) ?? []),
    messageIds: found(ownId),
    readerTokens: found(ownLink),
    sentTo: mail.parts.flatMap(({ type, text: part }) =>
      /^(?:message|text)\/rfc822/.test(type) ? (addressee(part) ?? []) : [],
    ),
  }
}

function addressee(returned: string): string | undefined {
  const head = returned.slice(0, mostOfReturned).split(/\r?\n\r?\n/, 1)[0] ?? ''
  const value = /^to:[ \t]*(.{1,1000})$/im.exec(head.replace(/\r?\n[ \t]+/g, ' '))?.[1]
  return value && parseAddress(value)?.address
}

function* take(matches: Iterable<RegExpMatchArray>): Generator<string> {
  let n = 0
  for (const [whole, part] of matches) {
    yield part ?? whole
    n += 1
    if (n === most) return
  }
}
