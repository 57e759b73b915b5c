import { createHmac } from 'node:crypto'

/** The name of the secret that marks are made with. */
export const erasedSecret = 'erased'

/**
 * All that is left of an erased address: by it the address is known again when a list brings it back, and by nobody who has
 * the marks without the secret is it guessed.
 *
 * @param key what addresses are compared by
 */
export function erasedMark(key: string, secret: string): string {
  return createHmac('sha256', secret).update(`erased ${key}`).digest('base64url')
}
