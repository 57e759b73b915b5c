import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readTemplates } from '../../src/templates/read-templates.ts'

async function publication(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-templates-'))
  await mkdir(join(folder, 'templates/languages'), { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, 'templates', name), content)
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

it('takes a template of the publication before the one that comes with tidings', async () => {
  await using own = await publication({
    'digest.txt': 'ours',
    'languages/pt-BR.json': '{"by": "Por {authors}"}',
  })
  const { files, languages } = await readTemplates(own.folder)
  expect(files.get('digest.txt')).toEqual({ file: 'templates/digest.txt', source: 'ours' })
  expect(files.get('digest.mjml')?.source).toContain('<mjml')
  expect(languages.get('pt-br')?.by).toBe('Por {authors}')
})

it.each([
  ['digest.txt', new Uint8Array([0xff, 0xfe]), 'templates/digest.txt: is not UTF-8'],
  ['languages/x_1.json', '{}', "templates/languages/x_1.json: 'x_1' is not a language tag"],
])('names %s when it cannot be used', async (name, content, message) => {
  await using own = await publication({ [name]: content })
  await expect(readTemplates(own.folder)).rejects.toThrow(message)
})
