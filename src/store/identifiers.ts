import { randomBytes } from 'node:crypto'

/** How many octets are fetched at once: the system is asked for few of them at a time very slowly. */
const pool = 16_384

/** Makes identities and tokens for people who come together. */
export type Identifiers = () => string

/**
 * Identifiers of 16 octets in base64url that nobody can guess: two octets are the same for all of a call, 112 bits are
 * each one's own. So people who come together stand together in the indexes, where a million strewn over them would have
 * nearly every page written again with each commit.
 */
export function identifiers(): Identifiers {
  const [first = 0, second = 0] = randomBytes(2)
  let octets = Buffer.alloc(0)
  let used = 0
  return () => {
    if (used + 16 > octets.length) {
      // A single reader needs two
      octets = randomBytes(octets.length === 0 ? 32 : pool)
      used = 0
    }
    octets[used] = first
    octets[used + 1] = second
    const text = octets.toString('base64url', used, used + 16)
    used += 16
    return text
  }
}
