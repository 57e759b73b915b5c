import { filters, Liquid, LiquidError } from 'liquidjs'
import { readSlot, slot } from '../model/edition.ts'
import { Fault } from '../model/fault.ts'
import type { Template } from './templates.ts'
import { textWidth, underline, wrapText } from './wrap-text.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '{': '&#123;',
  '}': '&#125;',
  '[': '&#91;',
  ']': '&#93;',
}

/** Escapes for the text and the attributes of MJML; braces too, which its tools may read as a template's. */
function escapeMjml(value: unknown): string {
  return toText(value).replace(/[&<>"'{}[\]]/g, (character) => entities[character] ?? character)
}

/** Escapes for the text and the quoted attributes of HTML. */
function escapeHtml(value: unknown): string {
  return toText(value).replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

/** Escapes for a string of CSS in quotes (CSS Syntax 3, §4.3.7). */
function escapeCss(value: unknown): string {
  const code = (character: string) => `\\${character.charCodeAt(0).toString(16)} `
  return toText(value).replace(/["'\\<>&{}\n\r\f]/g, code)
}

function toText(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}

/** Renders a MJML template; all values are escaped. @throws {Fault} 'content-invalid' with file and line */
export function renderMjmlTemplate(
  name: string,
  files: ReadonlyMap<string, Template>,
  view: object,
): string {
  return render(name, files, view, escapeMjml)
}

/** Renders a text template; nothing is escaped. @throws {Fault} 'content-invalid' with file and line */
export function renderTextTemplate(
  name: string,
  files: ReadonlyMap<string, Template>,
  view: object,
): string {
  return render(name, files, view, toText)
}

/** Renders a style sheet; values are escaped for its strings. @throws {Fault} 'content-invalid' with file and line */
export function renderCssTemplate(
  name: string,
  files: ReadonlyMap<string, Template>,
  view: object,
): string {
  return render(name, files, view, escapeCss)
}

/**
 * Renders HTML templates; all values are escaped for text and for attributes in quotes. Each template is read once,
 * however many pages are made of it.
 */
export function htmlRenderer(
  files: ReadonlyMap<string, Template>,
): (name: string, view: object) => string {
  const engine = engineOf(files, escapeHtml)
  return (name, view) => run(engine, name, files, view)
}

function render(
  name: string,
  files: ReadonlyMap<string, Template>,
  view: object,
  outputEscape: (value: unknown) => string,
): string {
  return run(engineOf(files, outputEscape), name, files, view)
}

function engineOf(
  files: ReadonlyMap<string, Template>,
  outputEscape: (value: unknown) => string,
): Liquid {
  const engine = new Liquid({
    // in memory: a template has no way to the file system
    templates: Object.fromEntries([...files].map(([key, { source }]) => [key, source])),
    outputEscape,
    cache: true,
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    renderLimit: 10_000,
    memoryLimit: 1e8,
  })
  engine.registerFilter('wrap', (text: unknown, width?: unknown) =>
    wrapText(toText(text), Math.max(Number(width) || textWidth, 20)),
  )
  engine.registerFilter('underline', (text: unknown, mark?: unknown) =>
    underline(toText(text), toText(mark) || '-'),
  )
  // what a reader is called is not known yet: the slot takes the fallback with it
  const standard = filters.default
  engine.registerFilter('default', function (value: unknown, fallback?: unknown, ...options) {
    const waiting = typeof value === 'string' ? readSlot(value) : undefined
    if (waiting) return slot(waiting.name, toText(fallback))
    return typeof standard === 'function' ? standard.call(this, value, fallback, ...options) : value
  })
  return engine
}

function run(
  engine: Liquid,
  name: string,
  files: ReadonlyMap<string, Template>,
  view: object,
): string {
  try {
    return String(engine.renderFileSync(name, view))
  } catch (cause) {
    if (!LiquidError.is(cause)) throw cause
    throw templateFault(name, files, cause)
  }
}

function templateFault(
  name: string,
  files: ReadonlyMap<string, Template>,
  error: LiquidError,
): Fault {
  const { file = nameOf(error.token.input, files) ?? name } = error.token
  const [line] = error.token.getPosition()
  const place = `${files.get(file)?.file ?? file}:${line}`
  const why = error.message.replace(/, (?:file:.*?, )?line:\d+, col:\d+$/s, '')
  return new Fault('content-invalid', `${place}: ${why}; ${remedy(why)}`, { cause: error })
}

/** Tokens inside of a value do not know their file, only its text. */
function nameOf(source: string, files: ReadonlyMap<string, Template>): string | undefined {
  return [...files].find(([, template]) => template.source === source)?.[0]
}

function remedy(why: string): string {
  if (why.startsWith('undefined variable')) {
    return 'correct the name, or ask for it first: {% if name %}'
  }
  if (why.startsWith('undefined filter')) return 'correct the name of the filter'
  if (why.startsWith('ENOENT')) return 'create that template, or correct its name'
  return 'correct the template, or delete it to use the one that comes with tidings'
}
