import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a collection of `articles` Markdown files with YAML front matter, 300 to 1,500 words each, 40 tags, the
 * same for the same number on every machine. Kept for the next run.
 */
export function makeCollection(folder: string, articles: number): void {
  if (existsSync(join(folder, 'complete'))) return
  const random = generator(articles)
  mkdirSync(folder, { recursive: true })
  for (let index = 0; index < articles; index++) {
    writeFileSync(join(folder, fileName(index)), article(index, articles, random))
  }
  writeFileSync(join(folder, 'complete'), '')
}

export function fileName(index: number): string {
  return `article-${String(index).padStart(6, '0')}.md`
}

const firstDay = Date.UTC(2005, 0, 1)
const lastDay = Date.UTC(2026, 0, 1)

function article(index: number, articles: number, random: () => number): string {
  const date = new Date(firstDay + Math.floor(((lastDay - firstDay) / articles) * index))
  const tags = Array.from(
    { length: 1 + Math.floor(random() * 3) },
    () => `tag-${Math.floor(random() * 40)}`,
  )
  const head = [
    '---',
    `title: "${capital(sentence(random, 6))}"`,
    `date: ${date.toISOString()}`,
    `author: ${capital(word(random))} ${capital(word(random))}`,
    `tags: [${[...new Set(tags)].join(', ')}]`,
    '---',
  ]
  return `${head.join('\n')}\n\n${body(300 + Math.floor(random() * 1200), random)}\n`
}

function body(words: number, random: () => number): string {
  const blocks: string[] = []
  for (let left = words; left > 0; ) {
    const length = 20 + Math.floor(random() * 80)
    left -= length
    blocks.push(block(length, random))
  }
  return blocks.join('\n\n')
}

function block(words: number, random: () => number): string {
  const kind = random()
  if (kind < 0.08) return `## ${capital(sentence(random, 5))}`
  if (kind < 0.14) return list(words, random)
  if (kind < 0.18)
    return `\`\`\`js\nconst ${word(random)} = ${word(random)}(${Math.floor(random() * 99)})\n\`\`\``
  if (kind < 0.22) return `> ${paragraph(words, random)}`
  return paragraph(words, random)
}

function list(words: number, random: () => number): string {
  return Array.from({ length: Math.ceil(words / 10) }, () => `- ${sentence(random, 10)}`).join('\n')
}

function paragraph(words: number, random: () => number): string {
  const sentences: string[] = []
  for (let left = words; left > 0; left -= 12) sentences.push(`${capital(sentence(random, 12))}.`)
  return sentences.join(' ')
}

function sentence(random: () => number, words: number): string {
  return Array.from({ length: words }, () => decorated(word(random), random())).join(' ')
}

function decorated(text: string, chance: number): string {
  if (chance < 0.02) return `**${text}**`
  if (chance < 0.04) return `*${text}*`
  if (chance < 0.05) return `[${text}](https://example.com/${text})`
  if (chance < 0.06) return `\`${text}\``
  return text
}

const syllables = 'ka le mi no ru sa te vi wo xu ba de fi go hu ja ly me pi qua ro se tu va'.split(
  ' ',
)

function word(random: () => number): string {
  const length = 1 + Math.floor(random() * 3)
  return Array.from({ length }, () => syllables[Math.floor(random() * syllables.length)]).join('')
}

function capital(text: string): string {
  return text.replace(/^[*[`]*./, (first) => first.toUpperCase())
}

/** mulberry32: small, fast and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
