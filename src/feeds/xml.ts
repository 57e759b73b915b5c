/**
 * How the XML of the `feed` package is finished.
 *
 * `feed` escapes some values, some not, some twice, and passes others through `new URL`; which ones depends on the
 * element. So it never gets to see a value: each is handed over as a token that is plain text, an attribute value,
 * CDATA and an absolute URL alike and comes out of all four as it went in. What `feed` writes is then a skeleton in
 * which every character is known, and one pass over it puts each value in, encoded here for the place where it
 * stands. Elements that `feed` cannot write stand in for one that it can (`copyright`, `rights`, an extension).
 * Values are never looked through for tokens, so that none can be forged.
 *
 * Tokens are numbered in the order in which they are asked for, so that two items of one shape are one and the same
 * to `feed`, which is slow: it writes each shape once, and the values of any number of items are put into that.
 */

const token = /x-tidings:(\d+);/.source
const placeholder = new RegExp(
  `(\\n *)<(copyright|rights|tidings)>${token}</\\2>|<!\\[CDATA\\[${token}\\]\\]>|${token}`,
  'g',
)

/** XML as it goes into a skeleton; a list has each of its elements on a line of its own. */
type Value = string | readonly string[]

/** The values of one document or item, kept apart from it until it is finished. */
export interface Placeholders {
  /** a token for plain text, as content or attribute value */
  text(value: string): string
  /** a token for content that is markup to its reader and easier to read unescaped */
  cdata(value: string): string
  /** a token for XML as it is */
  xml(xml: string): string
  /** a token that `feed` takes for a date and writes in any format */
  date(text: string): Date
  /** a token that is the content of `copyright`, `rights` or `tidings`: these elements come in its place */
  elements(list: readonly string[]): string
  /** what the tokens stand for, in the order of their numbers */
  readonly values: readonly Value[]
}

export function placeholders(): Placeholders {
  const values: Value[] = []
  const keep = (value: Value) => `x-tidings:${values.push(value) - 1};`
  return {
    text: (value) => keep(escapeXml(value)),
    cdata: (value) => keep(cdata(value)),
    xml: keep,
    date: (text) => {
      const written = keep(text)
      return Object.assign(new Date(0), {
        toISOString: () => written,
        toUTCString: () => written,
      })
    },
    elements: keep,
    values,
  }
}

/** A skeleton cut up at its tokens. */
export type Template = (values: readonly Value[]) => string

export function template(skeleton: string): Template {
  const places: { readonly before: string; readonly indent: string; readonly index: number }[] = []
  let end = 0
  for (const match of skeleton.matchAll(placeholder)) {
    const [whole, indent = '', , ...indices] = match
    const index = Number(indices.find((one) => one !== undefined))
    places.push({ before: skeleton.slice(end, match.index), indent, index })
    end = match.index + whole.length
  }
  const tail = skeleton.slice(end)
  return (values) => {
    let xml = ''
    for (const { before, indent, index } of places) {
      const value = values[index] ?? ''
      xml += before
      if (typeof value === 'string') xml += value
      else for (const item of value) xml += indent + item
    }
    return xml + tail
  }
}

/**
 * Fills the skeletons of entries, each written once for all entries of its shape.
 *
 * @param write the skeleton of an entry that holds tokens only
 */
export function templates<Entry>(
  write: (entry: Entry) => string,
): (entry: Entry, marks: Placeholders) => string {
  const known = new Map<string, Template>()
  return (entry, { values }) => {
    const shape = JSON.stringify(entry)
    let fill = known.get(shape)
    if (fill === undefined) {
      fill = template(write(entry))
      known.set(shape, fill)
    }
    return fill(values)
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
