import type { DueNotice } from '../model/address-change.ts'
import type { RenderedEdition } from '../model/edition.ts'
import { type JoinLetterInput, renderLetter } from './join-letter.ts'

/**
 * Renders what a change of address takes: to the new one, with a slot for its link, or to the old one, without.
 *
 * @throws {Fault} 'content-invalid' as `renderJoinLetter` does
 */
export function renderChangeLetter(
  kind: DueNotice['kind'],
  input: Omit<JoinLetterInput, 'kind'>,
): Promise<RenderedEdition> {
  return renderLetter(input, ({ preferences }) =>
    kind === 'confirm'
      ? {
          subject: preferences.mailSubject,
          heading: preferences.mailHeading,
          text: preferences.mailText,
          step: preferences.mailStep,
          button: preferences.mailButton,
          ignore: preferences.mailIgnore,
        }
      : {
          subject: preferences.toldSubject,
          heading: preferences.toldHeading,
          text: preferences.toldText,
          step: null,
          button: null,
          ignore: preferences.toldIgnore,
        },
  )
}
