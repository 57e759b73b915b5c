import { Fault } from '../model/fault.ts'
import type { Template } from '../templates/templates.ts'

/**
 * MJML to HTML. The library is loaded on the first call: it takes longer than most commands.
 *
 * @param template what `source` was made from, for messages
 * @throws {Fault} 'content-invalid' when MJML's strict validation finds a fault in the template
 */
export async function mjmlToHtml(source: string, template: Template): Promise<string> {
  if (/<mj-include\b/i.test(source)) throw includeFault(template)
  const { default: mjml2html } = await import('mjml')
  try {
    const { html } = await mjml2html(source, {
      validationLevel: 'strict',
      ignoreIncludes: true,
      useMjmlConfigOptions: false,
      keepComments: false,
      fonts: {},
      minify: false,
      beautify: false,
    })
    return withoutIndentation(html)
  } catch (cause) {
    throw mjmlFault(source, template, cause)
  }
}

/** Half of what MJML writes is indentation, and clients clip by bytes. */
function withoutIndentation(html: string): string {
  return html.replace(/[ \t]*\n\s*/g, '\n').trim()
}

function includeFault({ file, source }: Template): Fault {
  const index = source.split('\n').findIndex((line) => line.includes('mj-include'))
  const place = index < 0 ? file : `${file}:${index + 1}`
  return new Fault(
    'content-invalid',
    `${place}: <mj-include> is not read; write {% render 'NAME.mjml' %} instead`,
  )
}

interface Finding {
  readonly line: number
  readonly message: string
  readonly tagName: string
}

function mjmlFault(source: string, { file, source: original }: Template, cause: unknown): Fault {
  const [first] = findings(cause)
  if (first === undefined) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    return new Fault('content-invalid', `${file}: MJML cannot read it: ${why}`, { cause })
  }
  const line = lineInTemplate(source.split('\n')[first.line - 1] ?? '', first.tagName, original)
  const place = line === undefined ? file : `${file}:${line}`
  return new Fault(
    'content-invalid',
    `${place}: <${first.tagName}>: ${first.message}; see https://documentation.mjml.io/`,
    { cause },
  )
}

function findings(cause: unknown): readonly Finding[] {
  if (typeof cause !== 'object' || cause === null || !('errors' in cause)) return []
  return Array.isArray(cause.errors) ? (cause.errors as Finding[]) : []
}

/** MJML counts the lines of what Liquid made; the publisher has those of the template: the most alike is it. */
function lineInTemplate(line: string, tagName: string, original: string): number | undefined {
  let best: number | undefined
  let longest = 0
  for (const [index, text] of original.split('\n').entries()) {
    if (!text.includes(`<${tagName}`)) continue
    const length = commonPrefix(text.trim(), line.trim())
    if (best !== undefined && length <= longest) continue
    best = index + 1
    longest = length
  }
  return best
}

function commonPrefix(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}
