import type { Config } from '../config.ts'
import { type JoinLetterKind, joinLink, renderJoinLetter } from '../edition/join-letter.ts'
import { fillSlots } from '../edition/personalise.ts'
import { domainOf } from '../mail/address.ts'
import { composeMessage, messageIdFor } from '../mail/message.ts'
import type { RenderedEdition } from '../model/edition.ts'
import type { DueJoin } from '../model/join.ts'
import type { Message } from '../model/message.ts'
import type { Subscriber } from '../model/subscriber.ts'
import { joinTerms } from '../subscribers/join-terms.ts'
import { type Secrets, signToken } from '../subscribers/signed-token.ts'
import type { Templates } from '../templates/templates.ts'
import type { Letterhead } from './letterhead.ts'

export interface JoinLetters {
  readonly head: Letterhead
  readonly publication: Config['publication']
  readonly newsletter: NonNullable<Config['newsletter']>
  readonly templates: Templates
  readonly secrets: Secrets
  /** where the pages are: ends with `/` */
  readonly server: string
  readonly clock: () => Date
}

/**
 * Makes the messages that go to people who ask to join. Each is rendered once for a language.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong, from the function it returns
 */
export function joinLetters(terms: JoinLetters) {
  const rendered = new Map<string, Promise<RenderedEdition>>()

  function render(kind: JoinLetterKind, language: string): Promise<RenderedEdition> {
    const key = `${kind} ${language}`
    const { publication, newsletter, templates } = terms
    const letter =
      rendered.get(key) ?? renderJoinLetter({ kind, publication, newsletter, language, templates })
    rendered.set(key, letter)
    return letter
  }

  function linkFor({ id, askedAt }: DueJoin, known: Subscriber | undefined): string {
    if (known) return new URL(`preferences/${known.token}`, terms.server).href
    const expires = new Date(askedAt.getTime() + joinTerms.linkStays)
    const token = signToken('confirm', { id }, { secrets: terms.secrets, expires })
    return new URL(`confirm/${token}`, terms.server).href
  }

  return {
    render,

    async compose(join: DueJoin, known?: Subscriber): Promise<Message> {
      const { head } = terms
      const language = known?.language ?? join.language
      const letter = await render(known ? 'known' : 'confirm', language)
      const link = linkFor(join, known)
      const values = { name: '', address: '', unsubscribeUrl: '', [joinLink]: link }
      return composeMessage(
        {
          ...fillSlots(letter, values),
          date: terms.clock(),
          from: head.from,
          ...(head.replyTo && { replyTo: head.replyTo }),
          ...(head.bounces && { returnPath: head.bounces }),
          messageId: messageIdFor('join', join.id, domainOf(head.from.address)),
          to: { address: known?.address ?? join.address, name: '' },
        },
        head.keys,
      )
    },
  }
}
