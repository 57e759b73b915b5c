/**
 * Puts together what comes in parts, as it comes: a client may see to it that they have three octets each, and a list of
 * them would weigh fifty times what is in it.
 */
export function gatherParts(): { add(part: Uint8Array): void; whole(): Uint8Array } {
  let space = Buffer.alloc(16 * 1024)
  let length = 0
  return {
    add(part) {
      if (length + part.length > space.length) {
        const larger = Buffer.alloc(Math.max(length + part.length, 2 * space.length))
        space.copy(larger, 0, 0, length)
        space = larger
      }
      space.set(part, length)
      length += part.length
    },
    whole: () => space.subarray(0, length),
  }
}
