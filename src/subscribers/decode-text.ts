/**
 * Text of a file that a person saved: UTF-8, or UTF-16 where a byte order mark says so. Without the mark.
 *
 * @returns undefined when it is neither
 */
export function decodeText(input: Uint8Array | string): string | undefined {
  if (typeof input === 'string') return input.replace(/^\uFEFF/, '')
  try {
    return new TextDecoder(encodingOf(input), { fatal: true }).decode(input)
  } catch {
    return undefined
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return 'utf-8'
}
