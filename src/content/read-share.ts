import type { Problem } from '../model/problem.ts'
import type { Claim } from '../threads/shared-work.ts'
import type { Row } from './cache-format.ts'
import type { Found } from './found.ts'
import { type ParseOptions, type ParseResult, parseArticle, type Readers } from './parse-article.ts'
import { readArticleFile } from './read-folder.ts'
import type { Source } from './source.ts'
import type { Stamp } from './stamp.ts'

/** Options of `parseArticle`; the readers are imported here as files need them. */
export type ReadOptions = Omit<ParseOptions, 'readers' | 'committedAt'>

/** What came of reading a file. */
export type Read =
  | { readonly problem: Problem }
  /** a README without front matter, which is no article */
  | { readonly isReadme: true }
  | ReadResult

export interface ReadResult {
  readonly result: ParseResult
  readonly source: Source
  readonly stamp: Stamp
  readonly needs: Row['needs']
}

/**
 * Reads and parses files as long as there are any to be claimed.
 *
 * @param done told what came of each, by its number; the text of the file stays in memory as long as that does
 */
export async function readShare(
  files: readonly Found[],
  claim: Claim,
  options: ParseOptions,
  done: (file: number, read: Read) => void,
): Promise<void> {
  for (let range = claim(); range; range = claim()) {
    for (let at = range[0]; at < range[1]; at++) {
      const found = files[at]
      if (!found) continue
      const file = readArticleFile(found)
      if ('message' in file) {
        done(at, { problem: file })
        continue
      }
      const { source, stamp } = file
      if (isBareReadme(source)) {
        done(at, { isReadme: true })
        continue
      }
      const needs = needsOf(source)
      // Not for every file: waiting takes longer than reading
      if (needs.length > 0) await openReaders(needs, options.readers)
      done(at, { result: parseArticle(source, options), source, stamp, needs })
    }
  }
}

/** Whether an article can be kept: nothing is to be said of it, and it will be the same without Git. */
export function isPlain({ article, warnings, dateless }: ParseResult): boolean {
  return !dateless && article !== undefined && warnings.length === 0
}

function isBareReadme({ file, matter }: Source): boolean {
  return matter.syntax === 'none' && /(?:^|\/)readme\.[^/]*$/i.test(file)
}

/** The parsers that cost an import: most collections can do without one or another. */
function needsOf({ format, matter }: Source): readonly (keyof Readers)[] {
  const { syntax, table } = matter
  const block = table || syntax === 'none' ? [] : [syntax]
  return format === 'html' ? [...block, 'html'] : block
}

export async function openReaders(names: Row['needs'], readers: Readers): Promise<void> {
  const lacking = names.filter((name) => !readers[name])
  const open = {
    yaml: async () => ({ yaml: (await import('./parse-yaml.ts')).parseYaml }),
    toml: async () => ({ toml: (await import('./parse-toml.ts')).parseToml }),
    html: async () => ({ html: (await import('./html-document.ts')).readHtmlDocument }),
  }
  for (const name of lacking) Object.assign(readers, await open[name]())
}
