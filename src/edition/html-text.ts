import { convert, type Element, type Formatter } from 'html-to-text'
import { displayWidth, textWidth } from '../templates/wrap-text.ts'

/**
 * The plain text of a simplified article (`writeMailHtml`): Markdown's manners, each link a number and its
 * address below the text. Not wrapped yet.
 */
export function htmlToText(html: string): string {
  const notes: string[] = []
  const text = convert(html, {
    wordwrap: false,
    limits: { maxInputLength: 1 << 24 },
    formatters: { link: linkTo(notes), heading, code, term, row, picture },
    selectors: [
      { selector: 'a', format: 'link' },
      { selector: 'h3', format: 'heading' },
      { selector: 'h4', format: 'heading' },
      { selector: 'pre', format: 'code' },
      { selector: 'code', format: 'term' },
      { selector: 'img', format: 'picture' },
      { selector: 'table', format: 'block' },
      { selector: 'tr', format: 'row' },
      { selector: 'em', format: 'inlineSurround', options: { prefix: '_', suffix: '_' } },
      { selector: 'strong', format: 'inlineSurround', options: { prefix: '*', suffix: '*' } },
      { selector: 'sup', format: 'inlineSurround', options: { prefix: '^', suffix: '' } },
      { selector: 'hr', format: 'horizontalLine', options: { length: 24 } },
      { selector: 'ul', options: { itemPrefix: '• ' } },
    ],
  })
  return [alignTables(text), notes.join('\n')].filter((part) => part !== '').join('\n\n')
}

function linkTo(notes: string[]): Formatter {
  return ({ attribs, children, parent }, walk, builder) => {
    walk(children, builder)
    const { href = '' } = attribs
    // the number of a footnote is a reference already
    if (href === '' || parent?.name === 'sup' || says(children, href)) return
    const known = notes.findIndex((note) => note.endsWith(` ${href}`))
    const number = known >= 0 ? known + 1 : notes.push(`[${notes.length + 1}] ${href}`)
    builder.addInline(` [${number}]`, { noWordTransform: true })
  }
}

/** The words of the link are its address. */
function says(children: readonly Element[], href: string): boolean {
  const text = children.map(({ data = '' }) => data).join('')
  return text.includes('://') && href.startsWith(text)
}

const heading: Formatter = ({ children }, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2 })
  walk(children, builder)
  builder.closeBlock({
    trailingLineBreaks: 2,
    blockTransform: (text) => `${text}\n${'-'.repeat(Math.min(displayWidth(text), textWidth))}`,
  })
}

const code: Formatter = ({ children }, walk, builder) => {
  builder.openBlock({ isPre: true, leadingLineBreaks: 2 })
  walk(children, builder)
  builder.closeBlock({
    trailingLineBreaks: 2,
    blockTransform: (text) => text.trimEnd().replace(/^/gm, '    '),
  })
}

const term: Formatter = ({ children, parent }, walk, builder) => {
  const mark = parent?.name === 'pre' ? '' : '`'
  builder.addInline(mark)
  walk(children, builder)
  builder.addInline(mark)
}

const picture: Formatter = ({ attribs }, _walk, builder) => {
  const { alt = '' } = attribs
  if (alt !== '') builder.addInline(`[${alt}]`)
}

// stands between the cells of a row until all rows are known; no text contains it
const cellMark = '\uFDD3'

const row: Formatter = ({ children }, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 1 })
  children
    .filter(({ name }: Element) => name === 'td' || name === 'th')
    .forEach((cell, index) => {
      if (index > 0) builder.addInline(cellMark, { noWordTransform: true })
      walk(cell.children, builder)
    })
  builder.closeBlock({ trailingLineBreaks: 1 })
}

/** Gives the columns of each table one width, where that leaves room for them on a line. */
function alignTables(text: string): string {
  return text.replace(/^.*\uFDD3.*(?:\n.*\uFDD3.*)*$/gm, (table) => {
    const rows = table.split('\n').map((line) => line.split(cellMark).map((cell) => cell.trim()))
    const widths: number[] = []
    for (const cells of rows) {
      cells.forEach((cell, column) => {
        widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell))
      })
    }
    const wide = widths.reduce((sum, width) => sum + width + 3, -3) > textWidth
    const pad = (cell: string, column: number) =>
      wide ? cell : cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell))
    return rows.map((cells) => cells.map(pad).join(' | ').trimEnd()).join('\n')
  })
}
