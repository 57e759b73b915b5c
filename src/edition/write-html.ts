import { blocks, type MailNode, parts } from './mail-html.ts'

// Outlook and clients without a style sheet still have to be readable
const styles: Readonly<Record<string, string>> = {
  img: 'display:block;width:auto;max-width:100%;height:auto',
  pre: 'white-space:pre-wrap;overflow-wrap:anywhere',
  blockquote: 'margin:0 0 1em;padding:0 1em;border-START:3px solid #b8b0a4',
}

/**
 * Writes HTML: nothing but the elements of `parseMailHtml`, with every text and attribute escaped.
 *
 * @param start the side on which the lines of this text begin
 */
export function writeMailHtml(
  nodes: readonly MailNode[],
  start: 'left' | 'right' = 'left',
  inPre = false,
): string {
  return nodes.map((node) => writeNode(node, start, inPre)).join('')
}

function writeNode(node: MailNode, start: 'left' | 'right', inPre: boolean): string {
  if (typeof node === 'string') return escapeHtml(inPre ? node : node.replace(/[ \t\n\f]+/g, ' '))
  const { tag, attributes, children } = node
  const style = styles[tag]?.replace('START', start)
  const written = Object.entries(style === undefined ? attributes : { ...attributes, style })
    .map(([name, value]) => ` ${name}="${escapeHtml(value)}"`)
    .join('')
  if (tag === 'img' || tag === 'br' || tag === 'hr') return `<${tag}${written}>`
  const content = writeMailHtml(children, start, inPre || tag === 'pre')
  const lineEnd = !inPre && (blocks.has(tag) || parts.has(tag)) ? '\n' : ''
  const element = `<${tag}${written}>${content}</${tag}>${lineEnd}`
  // wider than a telephone: it alone is moved sideways, not the whole message
  return tag === 'table' ? `<div style="overflow-x:auto">${element}</div>\n` : element
}

const special = /[&<>"']/

/** Escapes for HTML text and quoted attributes. */
export function escapeHtml(text: string): string {
  if (!special.test(text)) return text
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
