/**
 * How many different things were seen, without knowing which: HyperLogLog (Flajolet et al., 2007) of 2,048 registers. It
 * is off by some 2.3 %, less where there are few.
 */
export type Sketch = Uint8Array

const bits = 11
const registers = 1 << bits
const alpha = 0.7213 / (1 + 1.079 / registers)

export function emptySketch(): Sketch {
  return new Uint8Array(registers)
}

/** @param hash at least 8 octets that are as good as random */
export function addToSketch(sketch: Sketch, hash: Uint8Array): void {
  const view = new DataView(hash.buffer, hash.byteOffset, 8)
  const register = view.getUint32(0) >>> (32 - bits)
  const rank = Math.clz32(view.getUint32(4)) + 1
  if (rank > (sketch[register] ?? 0)) sketch[register] = rank
}

/** What was seen by either. */
export function mergeSketches(one: Sketch, other: Sketch): Sketch {
  return one.map((rank, register) => Math.max(rank, other[register] ?? 0))
}

export function estimate(sketch: Sketch): number {
  let sum = 0
  let empty = 0
  for (const rank of sketch) {
    sum += 2 ** -rank
    if (rank === 0) empty++
  }
  const raw = (alpha * registers * registers) / sum
  // Few of them: the share of registers that nothing fell into tells more (linear counting)
  const isFew = raw <= 2.5 * registers && empty > 0
  return Math.round(isFew ? registers * Math.log(registers / empty) : raw)
}
