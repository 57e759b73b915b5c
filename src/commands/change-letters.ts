import { renderChangeLetter } from '../edition/change-letter.ts'
import { joinLink } from '../edition/join-letter.ts'
import { fillSlots } from '../edition/personalise.ts'
import { domainOf } from '../mail/address.ts'
import { composeMessage, messageIdFor } from '../mail/message.ts'
import type { DueNotice } from '../model/address-change.ts'
import type { Message } from '../model/message.ts'
import { preferenceTerms } from '../subscribers/preference-terms.ts'
import { signToken } from '../subscribers/signed-token.ts'
import type { JoinLetters } from './join-letters.ts'

/**
 * Makes the messages for changes of address. They are few, so each is rendered anew.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong, from the function it returns
 */
export function changeLetters({
  head,
  publication,
  newsletter,
  templates,
  secrets,
  server,
  clock,
}: JoinLetters): (notice: DueNotice) => Promise<Message> {
  function linkFor({ id, askedAt }: DueNotice): string {
    const expires = new Date(askedAt.getTime() + preferenceTerms.linkStays)
    const token = signToken('change-address', { id }, { secrets, expires })
    return new URL(`change-address/${token}`, server).href
  }

  return async (notice) => {
    const { language = publication.language } = notice
    const letter = await renderChangeLetter(notice.kind, {
      publication,
      newsletter,
      language,
      templates,
    })
    const link = notice.kind === 'confirm' ? linkFor(notice) : ''
    return composeMessage(
      {
        ...fillSlots(letter, { name: '', address: '', unsubscribeUrl: '', [joinLink]: link }),
        date: clock(),
        from: head.from,
        ...(head.replyTo && { replyTo: head.replyTo }),
        ...(head.bounces && { returnPath: head.bounces }),
        messageId: messageIdFor('change-address', notice.id, domainOf(head.from.address)),
        to: { address: notice.address, name: '' },
      },
      head.keys,
    )
  }
}
