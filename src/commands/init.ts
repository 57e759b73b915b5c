import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configFiles } from '../config.ts'
import { Fault } from '../model/fault.ts'
import { type OutputFile, writeFiles } from '../output/write-files.ts'
import type { Command } from './command.ts'

const packagedTemplates = fileURLToPath(new URL('../../templates/', import.meta.url))

export const command: Command = {
  usage: 'tidings init [DIR]',
  help: `Makes a new publication in DIR, or in the present folder: a configuration, a first article, a list of
readers, and the templates to change. What is already there is never overwritten.`,
  words: 1,
  options: {},
  async run({ cwd, now }, { positionals }) {
    const folder = resolve(cwd, positionals[0] ?? '.')
    const files = [...firstFiles(basename(folder), now), ...(await templates())]
    const taken = [...configFiles.map((path) => ({ path })), ...files].filter(
      ({ path }, index, all) =>
        existsSync(join(folder, path)) && all.findIndex((one) => one.path === path) === index,
    )
    if (taken.length > 0) {
      const list = taken.map(({ path }) => `  ${path}`).join('\n')
      throw new Fault(
        'usage',
        `${folder}: these are already there, and are left as they are:\n${list}`,
      )
    }
    await writeFiles(folder, files)
    const where = positionals[0] && positionals[0] !== '.' ? ` -C ${positionals[0]}` : ''
    return {
      text: [
        `A new publication in ${folder}`,
        '',
        `  1. Say who you are in tidings.config.mjs`,
        `  2. Write in content/`,
        `  3. tidings build${where}              feeds in out/`,
        `  4. tidings send --dry-run${where}     look at the first edition; nothing is mailed`,
        `  5. tidings publish${where}            feeds, and the edition to content/subscribers.csv`,
      ].join('\n'),
      json: { folder, files: files.map(({ path }) => path) },
    }
  },
}

async function templates(): Promise<OutputFile[]> {
  const entries = await readdir(packagedTemplates, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const full = join(parentPath, name)
      const path = full.slice(packagedTemplates.length).replaceAll('\\', '/')
      return { path: `templates/${path}`, contents: await readFile(full) }
    }),
  )
}

function firstFiles(name: string, now: Date): OutputFile[] {
  const title = JSON.stringify(
    name
      .replace(/[-_\s\p{Cc}]+/gu, ' ')
      .trim()
      .replace(/^./u, (first) => first.toUpperCase()),
  )
  const date = `${now.toISOString().slice(0, 19)}Z`
  return [
    { path: 'tidings.config.mjs', contents: configuration(title) },
    { path: 'content/hello.md', contents: firstArticle(date) },
    {
      path: 'content/subscribers.csv',
      contents: 'email,name,language\nreader@example.org,First Reader,en\n',
    },
    { path: '.gitignore', contents: 'out/\noutbox/\n.tidings/\n' },
  ]
}

function configuration(title: string): string {
  return `/** @type {import('tidings').UserConfig} */
export default {
  publication: {
    title: ${title},
    description: 'What this publication is about, in one sentence.',
    url: 'https://example.org/', // where out/ is published
    language: 'en',
    timezone: 'UTC', // dates without an offset are in it
    author: { name: 'Your Name', email: 'you@example.org' },
  },
  newsletter: {
    from: 'news@example.org',
    postalAddress: 'Your Name, 1 Your Street, Your Town', // the law wants one in every message
    subscribers: 'content/subscribers.csv', // a list kept beside the articles; optional
  },
  mail: {
    transport: 'maildir:outbox', // smtps://user:password@smtp.example.org when you mean it, or env:NAME
  },
}
`
}

function firstArticle(date: string): string {
  return `---
title: Hello
date: ${date}
tags: [about]
---

The first article. Its file is \`content/hello.md\`: change it, or write another beside it.

What stands above, between the two lines of dashes, is the front matter. \`title\` and \`date\` are all that most
articles need.
`
}
