import { createPublicKey, hash } from 'node:crypto'
import type { Config } from '../config.ts'
import { slotValues, slotWriters } from '../edition/personalise.ts'
import { variantFor } from '../edition/share-out.ts'
import { domainOf, type Mailbox, readAddress } from '../mail/address.ts'
import { type DkimKey, readDkimKey } from '../mail/dkim-key.ts'
import type { Message } from '../mail/mailer.ts'
import { type FillTemplate, feedbackIdFor, messageIdFor, messageTemplate } from '../mail/message.ts'
import { bounceToken, returnPathFor, tokenOctets } from '../mail/return-path.ts'
import type { Edition, RenderedEdition } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import type { Subscriber } from '../model/subscriber.ts'

/** What all messages of the newsletter have in common. */
export interface Letterhead {
  readonly from: Mailbox
  readonly replyTo?: Mailbox
  /** where bounces go, each to an address of its own; absent: to the sender */
  readonly bounces?: string
  readonly list: { readonly id: string; readonly name: string }
  /** each signs every message */
  readonly keys: readonly DkimKey[]
  /** where the subscription pages are; absent: readers leave by mail */
  readonly server?: string
}

export type Addressed = Omit<Subscriber, 'status' | 'createdAt' | 'pausedUntil'>

/** @throws {Fault} 'config-invalid' when the configuration does not say who sends, or a key cannot sign */
export function letterhead({ file, newsletter, mail, server }: Config): Letterhead {
  if (!newsletter) {
    throw new Fault(
      'config-invalid',
      `${file}: newsletter: missing; a newsletter needs at least from and postalAddress`,
    )
  }
  const { from, replyTo, bounces, listId, name } = newsletter
  const sender = mailbox(file, 'newsletter.from', from)
  return {
    from: { ...sender, name: sender.name || name },
    ...(replyTo && { replyTo: mailbox(file, 'newsletter.replyTo', replyTo) }),
    ...(bounces && { bounces: bounceAddress(file, bounces) }),
    list: { id: listId, name },
    keys: mail.dkim.map((key, index) =>
      readDkimKey(key, `${file}: mail.dkim${mail.dkim.length > 1 ? `[${index}]` : ''}`),
    ),
    ...(server.url && { server: server.url }),
  }
}

type KeyName = Pick<DkimKey, 'domain' | 'selector' | 'algorithm'> & {
  /** of the public key */
  readonly fingerprint: string
}

type WrittenLetterhead = Omit<Letterhead, 'keys'> & { readonly keys: readonly KeyName[] }

/** All of a letterhead but what is secret, to be kept with what was sent under it. */
export function writeLetterhead({ keys, ...head }: Letterhead): string {
  const written: WrittenLetterhead = { ...head, keys: keys.map(nameKey) }
  return JSON.stringify(written)
}

/**
 * A letterhead as it was written down.
 *
 * @param known the keys that are at hand now
 * @returns with the keys of then as far as they are known, and the names of those that are not
 */
export function readLetterhead(
  written: string,
  known: readonly DkimKey[],
): { readonly head: Letterhead; readonly lacking: readonly string[] } {
  const { keys: names, ...head }: WrittenLetterhead = JSON.parse(written)
  const isAtHand = new Map(known.map((key) => [JSON.stringify(nameKey(key)), key]))
  const keys = names.map((name) => ({ name, key: isAtHand.get(JSON.stringify(name)) }))
  return {
    head: { ...head, keys: keys.flatMap(({ key }) => key ?? []) },
    lacking: keys.flatMap(({ name: { selector, domain }, key }) =>
      key ? [] : `${selector}._domainkey.${domain}`,
    ),
  }
}

function nameKey({ domain, selector, algorithm, key }: DkimKey): KeyName {
  const bytes = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return { domain, selector, algorithm, fingerprint: hash('sha256', bytes, 'base64url') }
}

function mailbox(file: string, key: string, text: string): Mailbox {
  const reading = readAddress(text)
  if ('mailbox' in reading) return reading.mailbox
  throw new Fault(
    'config-invalid',
    `${file}: ${key}: '${text}' is not an address: ${reading.reason}`,
  )
}

/** Room is needed in it, and every relay on the way back has to take it. */
function bounceAddress(file: string, text: string): string {
  const { address } = mailbox(file, 'newsletter.bounces', text)
  const most = 64 - tokenOctets
  const local = address.slice(0, address.lastIndexOf('@'))
  if (local.length <= most && /^[\w.+-]+$/.test(local)) return address
  throw new Fault(
    'config-invalid',
    `${file}: newsletter.bounces: '${text}' needs at most ${most} letters, digits, '.', '-' or '_' before the @: ` +
      'each message adds +TOKEN to it',
  )
}

/**
 * Makes each reader's message of an edition: the variant for their language and topics. What the messages of a variant
 * have in common is composed once, for the first of them.
 *
 * @throws {Fault} 'config-invalid' from the function it returns, for what cannot stand in a header
 */
export function messagesOf(
  head: Letterhead,
  edition: Edition,
  variants: readonly RenderedEdition[],
): (subscriber: Addressed) => Promise<Message> {
  const { from, replyTo, bounces, server } = head
  const fills = new Map<RenderedEdition, FillTemplate>()

  function fillFor(subscriber: Addressed): FillTemplate {
    const variant = variantFor(variants, subscriber)
    if (!variant) throw new Error(`edition ${edition.id} was never rendered`)
    const fill = fills.get(variant) ?? compile(head, edition, variant)
    fills.set(variant, fill)
    return fill
  }

  return async (subscriber) => {
    const { id, address, name, token } = subscriber
    const byMail = `mailto:${(replyTo ?? from).address}?subject=${encodeURIComponent(`unsubscribe ${token}`)}`
    const byWeb = server && new URL(`unsubscribe/${token}`, server).href
    const preferencesUrl = server && new URL(`preferences/${token}`, server).href
    const bounce = bounceToken(edition.id, subscriber)
    const recipient = {
      messageId: messageIdFor(edition.id, id, domainOf(from.address)),
      to: { address, name },
      unsubscribeUrls: byWeb ? [byWeb, byMail] : [byMail],
      ...(bounces && { returnPath: bounce ? returnPathFor(bounces, bounce) : bounces }),
      ...(bounce && { envelopeId: bounce }),
    }
    return fillFor(subscriber)(recipient, slotValues(subscriber, byWeb ?? byMail, preferencesUrl))
  }
}

function compile(
  { from, replyTo, list, keys }: Letterhead,
  { id, createdAt }: Edition,
  variant: RenderedEdition,
): FillTemplate {
  const letter = {
    date: createdAt,
    from,
    ...(replyTo && { replyTo }),
    list,
    feedbackId: feedbackIdFor(id, list.id, domainOf(from.address)),
  }
  return messageTemplate(letter, variant, slotWriters, keys)
}
