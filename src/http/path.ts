export interface PathParts {
  readonly names: readonly string[]
  /** ends with `/` */
  readonly folder: boolean
}

/**
 * Splits the path of a request into names, each decoded once and by itself, so that no encoding hides a separator.
 *
 * @param path begins with `/`, still percent-encoded
 * @returns undefined for what is no path of ours: empty names, names that begin with a dot or hold `/`, `\`, `:` or a
 * control character, and what is not UTF-8
 */
export function splitPath(path: string): PathParts | undefined {
  const encoded = path.slice(1).split('/')
  const folder = encoded.at(-1) === ''
  const names = (folder ? encoded.slice(0, -1) : encoded).map(decode)
  const fit = names.every((name) => name !== undefined && isFit(name))
  return fit ? { names: names.filter((name) => name !== undefined), folder } : undefined
}

function decode(name: string): string | undefined {
  try {
    return decodeURIComponent(name)
  } catch {
    return undefined
  }
}

function isFit(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[/\\:\p{Cc}]/u.test(name)
}
