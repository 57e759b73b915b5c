import { join, relative } from 'node:path'
import type { Config } from '../config.ts'
import { caddyfile } from '../hosting/caddy.ts'
import { headersFile, redirectsFile } from '../hosting/headers-file.ts'
import { nginxConf } from '../hosting/nginx.ts'
import type { SiteRules } from '../hosting/site-rules.ts'
import { type WriteResult, writeFiles } from '../output/write-files.ts'
import { hiddenFolders } from './hidden-folders.ts'

export const hostingFolder = '.tidings/hosting'
export const goneFile = `${hostingFolder}/gone.json`

/**
 * Writes what web servers need to serve out/ as `tidings serve` does: `_headers` and `_redirects` into out/, where Netlify
 * and Cloudflare look for them, the rest beside it.
 *
 * @param gonePaths where withdrawn articles stood, encoded
 */
export async function keepHosting(
  config: Config,
  gonePaths: readonly string[],
): Promise<WriteResult> {
  const rules = rulesOf(config, gonePaths)
  await writeFiles(config.root, [
    { path: `${hostingFolder}/nginx.conf`, contents: nginxConf(rules) },
    { path: `${hostingFolder}/Caddyfile`, contents: caddyfile(rules) },
    { path: goneFile, contents: `${JSON.stringify(rules.gone, null, 1)}\n` },
  ])
  return writeFiles(join(config.root, 'out'), [
    { path: '_headers', contents: headersFile(rules) },
    { path: '_redirects', contents: redirectsFile(rules) },
  ])
}

function rulesOf(config: Config, gonePaths: readonly string[]): SiteRules {
  const { root, publication, feeds } = config
  const out = join(root, 'out')
  const hidden = hiddenFolders(config).map((folder) => relative(out, folder))
  return {
    url: publication.url,
    hubs: feeds.hubs,
    moved: new Map(
      Object.entries(feeds.moved).flatMap(([path, target]) => {
        const from = decodePath(path.slice(1))
        const below = target.startsWith('/') ? `.${target}` : target
        return from === undefined ? [] : [[from, new URL(below, publication.url).href]]
      }),
    ),
    gone: gonePaths.flatMap((path) => decodePath(path.replace(/\/$/, '')) ?? []),
    hidden: [...new Set(hidden)].filter((folder) => folder !== '' && !folder.startsWith('..')),
  }
}

/** @returns undefined for what is no UTF-8 */
export function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
