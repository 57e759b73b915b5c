import type { Message } from '../mailer.ts'

/**
 * What is asked of a relay that offers DSN (RFC 3461): to report failures only, with our name of the message, the
 * address that we wrote to, and no more of the message than its header.
 *
 * @returns undefined for a message without a name
 */
export function reportTerms({ id, to }: Message['envelope']) {
  if (id === undefined) return undefined
  return { id, return: 'headers', notify: 'failure', recipient: originalRecipient(to) }
}

/** Before it is made xtext. RFC 6533 §3: a relay without SMTPUTF8 may have to hand it on. */
function originalRecipient(address: string): string {
  if (/^[ -~]*$/.test(address)) return `rfc822;${address}`
  const encoded = address.replace(
    /[^!-~]|[\\+=]/gu,
    (character) => `\\x{${character.codePointAt(0)?.toString(16).toUpperCase()}}`,
  )
  return `utf-8;${encoded}`
}
