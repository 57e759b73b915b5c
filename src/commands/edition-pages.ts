import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Edition } from '../model/edition.ts'
import { writeFiles } from '../output/write-files.ts'
import type { Store } from '../store/store.ts'

/**
 * Writes the pages of editions that out/ lacks: mails link to them, and out/ may be deleted at any time. A page that
 * is there is left as it is.
 */
export async function writeMissingPages(
  { root }: Config,
  { ledger }: Store,
  editions: readonly Edition[],
): Promise<void> {
  const out = join(root, 'out')
  for (const { id } of editions) {
    if (existsSync(join(out, 'editions', id, 'index.html'))) continue
    await writeFiles(out, await ledger.files(id))
  }
}
