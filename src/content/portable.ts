import { Tokenizer } from 'htmlparser2'
import { finishLinks, type Place } from './attributes.ts'
import { allowed, dropped, renamed } from './elements.ts'
import { isPlainHtml } from './plain-html.ts'
import { endTag, newReading, type Skip, startTag, textRun } from './sanitise.ts'
import { finishTree } from './tree.ts'

const mostRepairs = 4

/**
 * The one sanitising step: any HTML made fit to stand in a feed, a message or a page.
 *
 * What comes out holds only elements and attributes of an allow-list (elements.ts), is balanced, and is read by a
 * browser's parser as the tree that it spells, so that nothing in it turns into something else later. Scripts, styles,
 * handlers, forms, frames, SVG and MathML go; frames and players leave a link; URLs are absolute, of schemes http,
 * https, mailto and tel (a small raster image may be a `data:` URL); ids carry the article's prefix, and links within
 * the article point at them. Portable HTML is a fixed point: made portable again, it stays as it is.
 */
export function makePortable(html: string, place: Place): string {
  if (isPlainHtml(html)) return html
  let source = html.includes('\r') ? html.replace(/\r\n?/g, '\n') : html
  for (let repairs = 0; ; repairs++) {
    const { output, unclosed } = pass(source, place)
    if (unclosed === undefined || repairs === mostRepairs) return output
    // An author who mentions <title> or <style> in a sentence does not mean the rest of the article
    const { start, end, name } = unclosed
    const closed = name === 'plaintext' ? '' : `${source.slice(start, end)}</${name}>`
    source = source.slice(0, start) + closed + source.slice(end)
  }
}

/** One string for all tags of a name: comparing and looking up need not read it. */
const names = new Map(
  [...allowed.keys(), ...renamed.keys(), ...dropped].map((name) => [name, name]),
)

function nameOf(tag: string): string {
  return names.get(tag) ?? tag.toLowerCase()
}

const none: ReadonlyMap<string, string> = new Map()

function pass(source: string, place: Place): { output: string; unclosed: Skip | undefined } {
  const reading = newReading(place)
  let tag = ''
  let tagStart = 0
  let attributes = none
  let found: Map<string, string> | undefined
  let attribute = ''
  let value = ''
  const open = (end: number, isSelfClosing: boolean) => {
    attributes = found ?? none
    startTag(reading, { name: tag, attributes, start: tagStart, end, isSelfClosing })
  }
  const tokenizer = new Tokenizer(
    {},
    {
      ontext: (start, end) => textRun(reading, source.slice(start, end)),
      ontextentity: (codePoint) => textRun(reading, String.fromCodePoint(codePoint)),
      onopentagname(start, end) {
        tag = nameOf(source.slice(start, end))
        tagStart = start - 1
        found = undefined
      },
      onattribname(start, end) {
        attribute = source.slice(start, end).toLowerCase()
        value = ''
      },
      onattribdata(start, end) {
        value += source.slice(start, end)
      },
      onattribentity(codePoint) {
        value += String.fromCodePoint(codePoint)
      },
      onattribend() {
        found ??= new Map()
        if (!found.has(attribute)) found.set(attribute, value)
      },
      onopentagend: (end) => open(end + 1, false),
      onselfclosingtag: (end) => open(end + 1, true),
      onclosetag: (start, end) => endTag(reading, nameOf(source.slice(start, end))),
      oncomment() {
        reading.isPreStart = false
      },
      oncdata() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      onend() {},
    },
  )
  tokenizer.write(source)
  tokenizer.end()
  return {
    output: finishLinks(finishTree(reading.tree), reading.ids, place),
    unclosed: reading.skip,
  }
}
