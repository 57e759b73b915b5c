import { Tokenizer } from 'htmlparser2'
import { attribute, finishLinks, keepAttributes, type Place, prefixedId } from './attributes.ts'
import {
  allowed,
  breakouts,
  dropped,
  flowContainers,
  renamed,
  tableOnly,
  voids,
} from './elements.ts'
import { embedLink } from './embeds.ts'
import { escapeText } from './escape.ts'
import { keepImage } from './image.ts'
import { openTree } from './tree.ts'

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
  let source = html.includes('\r') ? html.replace(/\r\n?/g, '\n') : html
  for (let repairs = 0; ; repairs++) {
    const { output, unclosed } = sanitise(source, place)
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

/** Everything in the source from the start tag at `start` until its end tag is left out. */
interface Skip {
  readonly name: string
  readonly start: number
  readonly end: number
  depth: number
  /** foreign content holds HTML here and there, which does not end it */
  inner: number
}

function sanitise(source: string, place: Place): { output: string; unclosed: Skip | undefined } {
  const tree = openTree()
  const ids = new Set<string>()
  let skip: Skip | undefined
  let tagName = ''
  let tagStart = 0
  let attributes = new Map<string, string>()
  let attributeName = ''
  let attributeValue = ''
  let isPreStart = false
  let noscripts = 0
  let lastImage = ''

  function onText(text: string): void {
    if (skip !== undefined) return
    const shown = isPreStart && text.startsWith('\n') ? text.slice(1) : text
    isPreStart = false
    if (shown === '') return
    if (shown === '\n') {
      tree.text(shown, true)
      return
    }
    const escaped = escapeText(shown)
    if (escaped !== '') tree.text(escaped, /^[ \t\n]*$/.test(escaped))
  }

  function onOpen(name: string, end: number, isSelfClosing: boolean): void {
    if (skip !== undefined && !endsSkip(name)) return
    isPreStart = false
    if (isLeftOut(name)) {
      if (name === 'math') onText(attributes.get('alttext') ?? '')
      else if (name === 'svg') onText(attributes.get('aria-label') ?? '')
      if (voids.has(name) || (isSelfClosing && (name === 'svg' || name === 'math'))) return
      skip = { name, start: tagStart, end, depth: 1, inner: 0 }
    } else if (name === 'iframe' || name === 'object' || name === 'embed') {
      onEmbed(name, end)
    } else if (voids.has(name) || name === 'image') {
      onVoid(renamed.get(name) ?? name)
    } else {
      onElement(name, renamed.get(name) ?? name)
    }
  }

  function endsSkip(name: string): boolean {
    if (skip === undefined) return true
    if (name === skip.name) skip.depth++
    else if (/^(?:foreignobject|desc|title|annotation-xml)$/.test(name)) skip.inner++
    const isForeign = skip.name === 'svg' || skip.name === 'math'
    if (!isForeign || skip.inner > 0 || !breakouts.has(name)) return false
    skip = undefined
    return true
  }

  function isLeftOut(name: string): boolean {
    if (dropped.has(name) || name === 'plaintext') return true
    if (attributes.size === 0) return false
    const hidden = attributes.get('hidden')
    if (hidden !== undefined && hidden !== 'until-found') return true
    if (/display\s*:\s*none/i.test(attributes.get('style') ?? '')) return true
    return /(?:^|\s)(?:sr-only|visually-hidden|screen-reader-text)(?:\s|$)/.test(
      attributes.get('class') ?? '',
    )
  }

  function onEmbed(name: string, end: number): void {
    const address = attributes.get(name === 'object' ? 'data' : 'src') ?? attributes.get('data-src')
    const title = attributes.get('title') ?? attributes.get('aria-label') ?? ''
    const link = address === undefined ? undefined : embedLink(address, title, place.url)
    if (link !== undefined) writeLink(link)
    if (name === 'iframe' || (name === 'object' && link !== undefined)) {
      skip = { name, start: tagStart, end, depth: 1, inner: 0 }
    }
  }

  function writeLink({ href, text }: { href: string; text: string }): void {
    const parent = tree.parent()
    const standsAlone = parent === '' || flowContainers.has(parent)
    if (tree.isIn('a')) {
      tree.text(escapeText(text), false)
      return
    }
    if (standsAlone) tree.open('p', 'p', '<p>')
    tree.open('a', 'a', `<a${attribute('href', href)}>`)
    tree.text(escapeText(text), false)
    tree.close('a')
    if (standsAlone) tree.close('p')
  }

  function onVoid(name: string): void {
    if (name === 'img') onImage()
    else if (name === 'input') onInput()
    else if (name === 'source') onSource()
    else if (allowed.has(name)) tree.single(name, `<${name}${kept(name)}>`)
  }

  function onImage(): void {
    const image = keepImage(attributes, place)
    if (image.kind === 'none') {
      if (image.alt !== '') onText(image.alt)
      return
    }
    // What lazy loading repeats for those without scripts
    if (noscripts > 0 && image.attributes.get('src') === lastImage) return
    lastImage = image.attributes.get('src') ?? ''
    attributes = image.attributes
    tree.single('img', `<img${kept('img')}>`)
  }

  function onSource(): void {
    if (!['picture', 'video', 'audio'].includes(tree.parent())) return
    const html = kept('source')
    if (/ src(?:set)?=/.test(html)) tree.single('source', `<source${html}>`)
  }

  /** A task list's box: inputs do not survive in feed readers, signs do. */
  function onInput(): void {
    if (attributes.get('type')?.toLowerCase() !== 'checkbox') return
    const isDone = attributes.has('checked')
    tree.open(
      'span',
      'span',
      `<span role="checkbox" aria-checked="${isDone}" aria-disabled="true">`,
    )
    tree.text(isDone ? '☑' : '☐', false)
    tree.close('span')
  }

  function onElement(name: string, out: string): void {
    if (name === 'noscript') noscripts++
    if (!allowed.has(out)) return
    if (name === 'center') attributes.set('align', 'center')
    if (out === 'a') {
      onAnchor()
      return
    }
    if (tableOnly.has(out) && !tree.isIn('table')) {
      tree.text(' ', true)
      return
    }
    alignByStyle()
    const controls = out === 'audio' || out === 'video' ? ' controls=""' : ''
    tree.open(name, out, `<${out}${kept(out)}${controls}>`)
    isPreStart = out === 'pre'
  }

  function onAnchor(): void {
    if (!attributes.has('id') && attributes.has('name'))
      attributes.set('id', attributes.get('name') ?? '')
    const html = kept('a')
    if (html.includes(' href=')) tree.open('a', 'a', `<a${html}>`)
    else if (html.includes(' id=')) tree.open('a', 'span', `<span${html}>`)
    else tree.openUnseen('a')
  }

  function alignByStyle(): void {
    const style = attributes.get('style')
    const [, align] =
      /(?:^|;)\s*text-align\s*:\s*(left|right|center)\s*(?:;|$)/i.exec(style ?? '') ?? []
    if (align !== undefined) attributes.set('align', align.toLowerCase())
  }

  function kept(element: string): string {
    const id = attributes.get('id')
    if (id !== undefined) {
      if (id.trim() === '') attributes.delete('id')
      else ids.add(prefixedId(id, place.prefix))
    }
    return keepAttributes(element, attributes, place)
  }

  function onClose(name: string): void {
    isPreStart = false
    if (skip !== undefined) {
      if (skip.name === name && --skip.depth === 0) skip = undefined
      else if (/^(?:foreignobject|desc|title|annotation-xml)$/.test(name)) skip.inner--
    } else if (name === 'br') {
      tree.single('br', '<br>')
    } else {
      if (name === 'noscript' && noscripts > 0) noscripts--
      tree.close(name)
    }
  }

  const tokenizer = new Tokenizer(
    {},
    {
      ontext: (start, end) => onText(source.slice(start, end)),
      ontextentity: (codePoint) => onText(String.fromCodePoint(codePoint)),
      onopentagname(start, end) {
        tagName = nameOf(source.slice(start, end))
        tagStart = start - 1
        attributes = new Map()
      },
      onattribname(start, end) {
        attributeName = source.slice(start, end).toLowerCase()
        attributeValue = ''
      },
      onattribdata(start, end) {
        attributeValue += source.slice(start, end)
      },
      onattribentity(codePoint) {
        attributeValue += String.fromCodePoint(codePoint)
      },
      onattribend() {
        if (!attributes.has(attributeName)) attributes.set(attributeName, attributeValue)
      },
      onopentagend: (end) => onOpen(tagName, end + 1, false),
      onselfclosingtag: (end) => onOpen(tagName, end + 1, true),
      onclosetag: (start, end) => onClose(nameOf(source.slice(start, end))),
      oncomment: () => {
        isPreStart = false
      },
      oncdata() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      onend() {},
    },
  )
  tokenizer.write(source)
  tokenizer.end()
  return { output: finishLinks(tree.finish(), ids, place), unclosed: skip }
}
