import type { Config } from '../config.ts'
import { fillSlots } from '../edition/personalise.ts'
import { domainOf, type Mailbox, readAddress } from '../mail/address.ts'
import type { Message } from '../mail/mailer.ts'
import { composeMessage, messageIdFor } from '../mail/message.ts'
import type { Edition, RenderedEdition } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import type { Subscriber } from '../model/subscriber.ts'
import { nearestLanguage } from '../templates/words.ts'

/** What all messages of the newsletter have in common. */
export interface Letterhead {
  readonly from: Mailbox
  readonly replyTo?: Mailbox
  readonly list: { readonly id: string; readonly name: string }
  /** where the subscription pages are; absent: readers leave by mail */
  readonly server?: string
}

/** @throws {Fault} 'config-invalid' when the configuration does not say who sends */
export function letterhead({ file, newsletter, mail, server }: Config): Letterhead {
  if (!newsletter) {
    throw new Fault(
      'config-invalid',
      `${file}: newsletter: missing; a newsletter needs at least from and postalAddress`,
    )
  }
  if (mail.dkim) {
    throw new Fault(
      'config-invalid',
      `${file}: mail.dkim: this version does not sign; remove the key and let the relay sign, as most do`,
    )
  }
  const { from, replyTo, listId, name } = newsletter
  const sender = mailbox(file, 'newsletter.from', from)
  return {
    from: { ...sender, name: sender.name || name },
    ...(replyTo && { replyTo: mailbox(file, 'newsletter.replyTo', replyTo) }),
    list: { id: listId, name },
    ...(server.url && { server: server.url }),
  }
}

function mailbox(file: string, key: string, text: string): Mailbox {
  const reading = readAddress(text)
  if ('mailbox' in reading) return reading.mailbox
  throw new Fault(
    'config-invalid',
    `${file}: ${key}: '${text}' is not an address: ${reading.reason}`,
  )
}

/** One reader's message of an edition, in the language nearest to theirs. */
export function messageFor(
  { from, replyTo, list, server }: Letterhead,
  edition: Edition,
  variants: readonly RenderedEdition[],
  { id, address, name, language, token }: Omit<Subscriber, 'status' | 'createdAt'>,
): Promise<Message> {
  const languages = variants.map((variant) => variant.language)
  const nearest = language === undefined ? undefined : nearestLanguage(languages, language)
  const variant = variants.find((one) => one.language === nearest) ?? variants[0]
  if (!variant) throw new Error(`edition ${edition.id} was never rendered`)
  const byMail = `mailto:${(replyTo ?? from).address}?subject=${encodeURIComponent(`unsubscribe ${token}`)}`
  const byWeb = server && new URL(`unsubscribe/${token}`, server).href
  const filled = fillSlots(variant, { name, address, unsubscribeUrl: byWeb ?? byMail })
  return composeMessage({
    messageId: messageIdFor(edition.id, id, domainOf(from.address)),
    date: edition.createdAt,
    from,
    to: { address, name },
    ...(replyTo && { replyTo }),
    ...filled,
    list,
    unsubscribeUrls: byWeb ? [byWeb, byMail] : [byMail],
  })
}
