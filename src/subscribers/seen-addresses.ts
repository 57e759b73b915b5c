/** Remembers on which line an address was first seen. */
export interface SeenAddresses {
  /** @returns the line on which this key stood before; undefined: it is new, or there are too many to remember */
  meet(key: string, line: number): number | undefined
}

const smallest = 1 << 12

/**
 * In twelve octets for each address, not in the address: that is 25 MB for a million, and never more than `most` times
 * twelve. Two keys in 10¹⁶ are taken for one.
 *
 * @param most how many places there are at most, a power of two; three quarters of them are used
 */
export function seenAddresses(most = 1 << 22): SeenAddresses {
  let hashes = new Float64Array(smallest)
  let lines = new Uint32Array(smallest)
  let count = 0

  function place(hash: number): number {
    const mask = hashes.length - 1
    let at = hash & mask
    while (hashes[at] !== 0 && hashes[at] !== hash) at = (at + 1) & mask
    return at
  }

  function grow(): void {
    const [oldHashes, oldLines] = [hashes, lines]
    hashes = new Float64Array(oldHashes.length * 2)
    lines = new Uint32Array(oldHashes.length * 2)
    for (const [from, hash] of oldHashes.entries()) {
      if (hash === 0) continue
      const at = place(hash)
      hashes[at] = hash
      lines[at] = oldLines[from] ?? 0
    }
  }

  return {
    meet(key, line) {
      const hash = hashOf(key)
      const at = place(hash)
      if (hashes[at] === hash) return lines[at]
      const isFull = count >= hashes.length * 0.75
      if (isFull && hashes.length >= most) return undefined
      hashes[at] = hash
      lines[at] = line
      count++
      if (count >= hashes.length * 0.75 && hashes.length < most) grow()
      return undefined
    },
  }
}

/** 53 bits, never 0: two of the mixing hashes of MurmurHash3's kind, side by side. */
function hashOf(text: string): number {
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 0x85ebca77)
    low = Math.imul(low ^ unit, 0xc2b2ae3d)
    high ^= high >>> 15
    low ^= low >>> 13
  }
  high = Math.imul(high ^ (low >>> 16), 0x9e3779b1)
  low = Math.imul(low ^ (high >>> 13), 0x85ebca77)
  return ((high >>> 0) & 0x1fffff) * 4294967296 + (low >>> 0) || 1
}
