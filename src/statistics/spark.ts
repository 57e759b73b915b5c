const blocks = '▁▂▃▄▅▆▇█'
const signs = '.:-=+*#@'

/**
 * Numbers as a line of text: one sign each.
 *
 * @param least what the lowest sign stands for; nothing at all is a space
 */
export function spark(
  values: readonly number[],
  { unicode, least = 0 }: { unicode: boolean; least?: number },
): string {
  const steps = unicode ? blocks : signs
  const most = Math.max(least + 1, ...values)
  return values
    .map((value) => {
      if (value === 0 && least === 0) return ' '
      const step = Math.round(((value - least) / (most - least)) * (steps.length - 1))
      return steps[Math.min(steps.length - 1, Math.max(0, step))]
    })
    .join('')
}

/** As many values, or fewer: neighbours put together, so that a line of text holds them. */
export function gather(
  values: readonly number[],
  most: number,
  together: (values: readonly number[]) => number,
): readonly number[] {
  const size = Math.ceil(values.length / most)
  if (size <= 1) return values
  // The newest ones are put together whole
  const first = values.length % size
  const groups = first === 0 ? [] : [values.slice(0, first)]
  for (let at = first; at < values.length; at += size) groups.push(values.slice(at, at + size))
  return groups.map(together)
}
