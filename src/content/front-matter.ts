import { Buffer } from 'node:buffer'
import { readSimpleYaml } from './simple-yaml.ts'

/**
 * A value of front matter. Every scalar is the text that was typed: what it means is decided key by key, so that no
 * library's idea of dates, octal numbers or `no` gets in. Null stands for an empty value.
 */
export type Value = string | null | readonly Value[] | Table
export type Table = ReadonlyMap<string, Value>

/** A file cut in two, not yet interpreted. Lines are those of the file, 1-based. */
export interface FrontMatter {
  readonly syntax: 'yaml' | 'toml' | 'none'
  /** what stands between the fences */
  readonly block: string
  readonly blockLine: number
  /** what `block` says, where it is so simple that it needs no library */
  readonly table?: Table
  readonly body: string
  readonly bodyLine: number
  /** what is wrong with the fences */
  readonly fault?: { readonly line: number; readonly message: string }
}

/** Reads a block. @throws {FrontMatterError} */
export type ReadTable = (block: string) => Table

/** Says what is wrong with a block; `line` is 1-based within the block. */
export class FrontMatterError extends Error {
  readonly line: number

  constructor(line: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'FrontMatterError'
    this.line = line
  }
}

const opening = /^(?:[ \t]*\n){0,100}(---|\+\+\+)(\w*)[ \t]*(?:\n|$)/
const asciiKey = /^(?:[A-Za-z_$][\w.$ -]*|"[^"]*"|'[^']*'):(?:\s|$)/
const key =
  /^\s*(?:[\p{L}_$][\p{L}\p{N}_.$ -]*|"[^"]*"|'[^']*'|<<)\s*:(?:\s|$)|^\s*(?:[{[?%&!*]|- )/u

/**
 * Cuts a file at its fences: YAML between `---` lines (or `---` and `...`), TOML between `+++` lines. A first line
 * `---` whose next line is no key is a thematic break, and the whole file is body.
 *
 * @param text with lines ended by `\n`, without a byte order mark
 */
export function splitFrontMatter(text: string): FrontMatter {
  const fence = opening.exec(text)
  if (!fence) return onlyBody(text)
  const [lead, mark = '', language = ''] = fence
  const blockLine = countLines(lead) + 1
  const rest = text.slice(lead.length)
  const toml = mark === '+++' || language === 'toml'
  if (language !== '' && language !== 'yaml' && !toml) {
    if (mark === '+++') return onlyBody(text)
    const message = `front matter in ${language} is not supported; write it in YAML (---) or TOML (+++)`
    return { ...onlyBody(text), fault: { line: blockLine - 1, message } }
  }
  const end = closing(rest, mark)
  const first = firstLine(rest)
  const looksLikeKeys = toml
    ? /^\s*(?:\[|[\w"'][^=]*=)/.test(first)
    : asciiKey.test(first) || key.test(first)
  if (!looksLikeKeys && !(end && isEmpty(rest.slice(0, end.from)))) return onlyBody(text)
  if (!end) {
    const message = `the front matter is not closed; end it with a line '${mark}'`
    return { ...onlyBody(text), fault: { line: blockLine - 1, message } }
  }
  // A copy: titles and tags are cut from it, and would keep all the text in memory with them
  const block = Buffer.from(rest.slice(0, end.from)).toString()
  const table = toml ? undefined : readSimpleYaml(block)
  return {
    syntax: toml ? 'toml' : 'yaml',
    block,
    blockLine,
    ...(table && { table }),
    body: rest.slice(end.to),
    bodyLine: blockLine + countLines(rest.slice(0, end.to)),
  }
}

/**
 * The line of the file on which a key stands, for messages.
 *
 * @param path the key, after the tables that it is in: `['extra', 'author']`
 */
export function lineOfKey(matter: FrontMatter, path: readonly string[]): number {
  const found =
    matter.syntax === 'toml' ? tomlLine(matter.block, path) : yamlLine(matter.block, path)
  return matter.blockLine + (found ?? 0)
}

function yamlLine(block: string, path: readonly string[]): number | undefined {
  const lines = block.split('\n')
  let at: number | undefined
  let indent = -1
  for (const name of path) {
    const start: number = at === undefined ? 0 : at + 1
    const next = lines.findIndex((line, n) => {
      const match = n >= start ? /^(\s*)(['"]?)(.*?)\2\s*:(?:\s|$)/.exec(line) : null
      return match !== null && match[3] === name && (match[1] ?? '').length > indent
    })
    if (next < 0) return at
    at = next
    indent = /^\s*/.exec(lines[next] ?? '')?.[0].length ?? 0
  }
  return at
}

function tomlLine(block: string, path: readonly string[]): number | undefined {
  let table = ''
  let quotes = ''
  let header: number | undefined
  const name = path.at(-1)
  const parent = path.slice(0, -1).join('.')
  for (const [n, line] of block.split('\n').entries()) {
    if (quotes !== '') {
      if (line.includes(quotes)) quotes = ''
      continue
    }
    const section = /^\s*\[{1,2}\s*([^\]]+?)\s*\]/.exec(line)?.[1]
    const left = /^\s*(['"]?)([^=]+?)\1\s*=/.exec(line)?.[2]
    if (section !== undefined) {
      table = section
      if (section === path.join('.')) header = n
    } else if (left !== undefined && join(table, left) === join(parent, name ?? '')) return n
    else if (left !== undefined && table === '' && left === path[0]) header = n
    const multi = /'''|"""/.exec(line)?.[0]
    if (multi && line.split(multi).length % 2 === 0) quotes = multi
  }
  return header
}

function join(table: string, name: string): string {
  return table === '' ? name : `${table}.${name}`
}

function closing(rest: string, mark: string): { from: number; to: number } | undefined {
  const pattern = mark === '---' ? /^(?:---|\.\.\.)[ \t]*$/gm : /^\+\+\+[ \t]*$/gm
  const match = pattern.exec(rest)
  if (!match) return undefined
  return { from: match.index, to: Math.min(rest.length, match.index + match[0].length + 1) }
}

function isEmpty(block: string): boolean {
  return block.split('\n').every((line) => /^\s*(?:#|$)/.test(line))
}

/** The first line that is neither blank nor a comment. */
function firstLine(text: string): string {
  for (const [line] of text.matchAll(/.+/g)) if (!/^\s*(?:#|$)/.test(line)) return line
  return ''
}

function onlyBody(text: string): FrontMatter {
  return { syntax: 'none', block: '', blockLine: 1, table: new Map(), body: text, bodyLine: 1 }
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
