/**
 * How the XML of the `feed` package is finished.
 *
 * `feed` escapes some values, some not, some twice, and passes others through `new URL`; which ones depends on the
 * element. So it never gets to see a value: each is handed over as a token that is plain text, an attribute value,
 * CDATA and an absolute URL alike and comes out of all four as it went in. What `feed` writes is then a skeleton in
 * which every character is known, and one pass over it puts each value in, encoded here for the place where it
 * stands. Elements that `feed` cannot write stand in for one that it can (`copyright`, `rights`, an extension).
 * Values are never looked through for tokens, so that none can be forged.
 */

const token = /x-tidings:(\d+);/.source
const placeholder = new RegExp(
  `(\\n *)<(copyright|rights|tidings)>${token}</\\2>|<!\\[CDATA\\[${token}\\]\\]>|${token}`,
  'g',
)

/** The values of one document, kept apart from it until it is finished. */
export interface Placeholders {
  /** a token for plain text, as content or attribute value */
  text(value: string): string
  /** a token for content that is markup to its reader and easier to read unescaped */
  cdata(value: string): string
  /** a token for XML as it is */
  xml(xml: string): string
  /** a token that is the content of `copyright`, `rights` or `tidings`: these elements come in its place */
  elements(list: readonly string[]): string
  /** Puts all values in; `root` replaces the start tag of the root element. */
  finish(skeleton: string, root: string): string
}

export function placeholders(): Placeholders {
  const values: (string | readonly string[])[] = []
  const keep = (value: string | readonly string[]) => `x-tidings:${values.push(value) - 1};`
  const put = (indent: string | undefined, ...indices: readonly (string | undefined)[]) => {
    const value = values[Number(indices.find((index) => index !== undefined))] ?? ''
    return typeof value === 'string' ? value : value.map((item) => `${indent}${item}`).join('')
  }
  return {
    text: (value) => keep(escapeXml(value)),
    cdata: (value) => keep(cdata(value)),
    xml: keep,
    elements: keep,
    finish: (skeleton, root) =>
      `${skeleton
        .replace(/<(rss|feed) [^>]*>/, () => root)
        .replace(placeholder, (_, indent, _name, a, b, c) => put(indent, a, b, c))}\n`,
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Plain text as XML content, as the value of an attribute in double quotes, or as HTML. */
export function escapeXml(value: string): string {
  return value.replace(/[&<>"]/g, (character) => entities[character] ?? character)
}

/** Any text in CDATA sections: as many as it takes, since none can contain its own end. */
export function cdata(value: string): string {
  return `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
}

/**
 * One element. Attributes that are undefined are left out.
 *
 * @param content XML, not text
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content = '',
): string {
  const start = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('')
  return content === '' ? `<${name}${start}/>` : `<${name}${start}>${content}</${name}>`
}
