import { isUsualLink } from './links.ts'

const tag =
  /<(?:(\/)?(p|h[1-6]|ul|ol|li|em|strong|del|code|pre|blockquote|a)|(a) href="([^"]*)"|(code) class="language-[\w+#.-]{1,40}"|([bh]r))>/y

/** What no text may hold as it stands: see escape.ts. That it has no `<` and `>` of its own shows from the tags. */
const special =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\p{Noncharacter_Code_Point}]|&(?!(?:amp|lt|gt);)/u

const marks: ReadonlySet<string> = new Set(['em', 'strong', 'del', 'code', 'a', 'br'])
const lists: ReadonlySet<string> = new Set(['ul', 'ol'])
/** What blocks stand in; '' is the top. */
const containers: ReadonlySet<string> = new Set(['', 'blockquote', 'li'])
const withoutWords: ReadonlySet<string> = new Set(['', 'blockquote', ...lists])

const deepest = 100

/**
 * Whether HTML is what most Markdown comes to, which is portable as it stands: paragraphs, headings, lists, quotations, code,
 * emphasis and links to elsewhere, each in its place. A fast way past the parser and the tree of `makePortable`.
 *
 * @returns false for all else: attributes, pictures, tables, links within the site, whatever is empty or out of place
 */
export function isPlainHtml(html: string): boolean {
  if (special.test(html)) return false
  const open: string[] = []
  let end = 0
  let begun = -1
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', end)) {
    tag.lastIndex = at
    const found = tag.exec(html)
    if (!found || html.lastIndexOf('>', at) >= end) return false
    const [{ length }, close, name, link, href = '', code, single] = found
    const parent = open.at(-1) ?? ''
    if (close) {
      if (parent !== name || at === begun) return false
      open.pop()
    } else {
      const element = name ?? link ?? code ?? single ?? ''
      if (!isInPlace(element, parent) || open.length === deepest) return false
      // A parser drops the line end that a `pre` begins with
      if (element === 'pre' && !html.startsWith('<code', at + length)) return false
      if (element === 'a' && (!link || open.includes('a') || !isUsualLink(href))) return false
      if (!single) open.push(element)
      begun = single ? -1 : at + length
    }
    end = at + length
  }
  return open.length === 0 && !html.includes('>', end)
}

function isInPlace(element: string, parent: string): boolean {
  if (element === 'li') return lists.has(parent)
  if (parent === 'pre') return element === 'code'
  return marks.has(element) ? !withoutWords.has(parent) : containers.has(parent)
}
