import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import { type ImportedTexts, importTexts, type PlainText } from '../content/import-text.ts'
import { compileStrip } from '../content/strip.ts'
import { Fault } from '../model/fault.ts'
import { formatProblem, type Problem } from '../model/problem.ts'
import { writeFiles } from '../output/write-files.ts'
import type { Command, Context, Report } from './command.ts'
import { count } from './terminal.ts'

export const command: Command = {
  usage: 'tidings import text FILE… [--date YYYY-MM-DD]',
  help: `Makes articles of plain texts: the title once, the paragraphs as they were typed, and no boilerplate at the
end: what content.strip matches, what recurs in three texts of the batch or more (in two of a batch of three), and the usual calls to share or subscribe.
What was left out is told. The articles are files in content/ with front matter, for you to edit; a file that is
already there is left alone. Give all texts of one origin at once: what recurs shows only then.`,
  options: {
    date: {
      type: 'string',
      value: 'YYYY-MM-DD',
      help: 'of all the texts; else each file name begins with its date',
    },
  },
  async run(context, { values, positionals }) {
    const [kind, ...files] = positionals
    if (kind !== 'text')
      throw new Fault(
        'usage',
        `import ${kind ?? 'what'}? the kind of source comes first: tidings import text FILE…`,
      )
    if (files.length === 0) throw new Fault('usage', 'import text takes at least one FILE')
    const config = await context.loadConfig()
    const { patterns, problems } = compileStrip(config.content.strip, config.file)
    if (problems.length > 0)
      throw new Fault('config-invalid', problems.map(formatProblem).join('\n'))
    const read = await readTexts(context.cwd, files)
    const date = typeof values.date === 'string' ? values.date : undefined
    const imported = importTexts(read.texts, { date, strip: patterns })
    return keep(config, context, {
      ...imported,
      problems: [...read.problems, ...imported.problems],
    })
  },
}

async function readTexts(
  cwd: string,
  files: readonly string[],
): Promise<{ texts: PlainText[]; problems: Problem[] }> {
  const texts: PlainText[] = []
  const problems: Problem[] = []
  for (const file of files) {
    try {
      const bytes = await readFile(resolve(cwd, file))
      texts.push({ file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) })
    } catch (error) {
      const encoded = error instanceof TypeError
      const reason = error instanceof Error ? error.message : String(error)
      problems.push({
        file,
        message: encoded ? 'is not UTF-8; save it as UTF-8' : `cannot be read: ${reason}`,
      })
    }
  }
  return { texts, problems }
}

async function keep(
  { root, content }: Config,
  { progress, paint }: Context,
  { articles, problems, removed }: ImportedTexts,
): Promise<Report> {
  const written: string[] = []
  const kept: string[] = []
  for (const { name, contents } of articles) {
    const path = `${content.folder}/${name}`
    const there = await readFile(join(root, path), 'utf8').catch(() => undefined)
    if (there === undefined) await writeFiles(root, [{ path, contents }])
    ;(there === undefined ? written : kept).push(path)
  }
  for (const { file, paragraph, reason } of removed) {
    progress.note(paint.dim(`left out (${reason}) ${file}: ${shorten(paragraph)}`))
  }
  for (const problem of problems)
    progress.note(`${paint.bad('not imported')} ${formatProblem(problem)}`)
  if (articles.length === 0 && problems.length > 0) {
    throw new Fault('content-invalid', 'nothing could be imported; the reasons stand above')
  }
  return {
    text: [
      ...written.map((path) => `${paint.good('✓')} ${path}`),
      ...kept.map((path) => `${path} is there already and was left alone`),
      `${count(written.length, 'article')} imported, ${count(removed.length, 'paragraph')} left out`,
    ].join('\n'),
    json: { written, kept, removed, problems },
    ...(problems.length > 0 && { status: 3 }),
  }
}

function shorten(paragraph: string): string {
  const line = paragraph.replace(/\s+/g, ' ')
  return line.length > 70 ? `${line.slice(0, 69)}…` : line
}
