import { tmpdir } from 'node:os'
import { readTemplates } from '../../src/templates/read-templates.ts'
import type { Templates } from '../../src/templates/templates.ts'

/** Those that come with tidings. */
export const templates: Templates = await readTemplates(`${tmpdir()}/no-publication-here`)

/** The same with some of them written anew. */
export function withTemplates(changes: Readonly<Record<string, string>>): Templates {
  const changed = Object.entries(changes).map(
    ([name, source]) => [name, { file: `templates/${name}`, source }] as const,
  )
  return { ...templates, files: new Map([...templates.files, ...changed]) }
}

/** The source of one that comes with tidings. */
export function sourceOf(name: string): string {
  return templates.files.get(name)?.source ?? ''
}
