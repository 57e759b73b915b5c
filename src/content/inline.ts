const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  shy: '\u00ad',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  times: '×',
  rarr: '→',
  larr: '←',
  euro: '€',
  deg: '°',
}

/**
 * The plain text of one line of Markdown, as a reader would read it aloud: emphasis, code marks, links, images and
 * tags give way to what they hold. Good for titles and comparisons, not for rendering.
 */
export function plainInline(markdown: string): string {
  if (!/[\0`\\<&[{*~_]/.test(markdown)) return markdown.replace(/\s+/g, ' ').trim()
  // What is literal goes into a store, so that nothing in it is taken for a mark
  const literal: string[] = []
  const keep = (text: string) => `\u0000${literal.push(text) - 1}\u0000`
  const marked = markdown
    .replaceAll('\u0000', '')
    .replace(/(?<!`)(`+)(?!`)(.{1,2000}?)(?<!`)\1(?!`)/g, (_, __, code: string) =>
      keep(/^ .*\S.* $/.test(code) ? code.slice(1, -1) : code),
    )
    .replace(/\\([!-/:-@[-`{-~])/g, (_, char: string) => keep(char))
    .replace(/<((?:https?|mailto):[^\s<>]*)>/gi, (_, url: string) => keep(url))
    .replace(/<!--.*?-->|<\/?[a-z][^<>]*>/gi, '')
    .replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|\w{2,10});/gi, (whole, name: string) =>
      keep(decode(name) ?? whole),
    )
    .replace(/!\[([^[\]]*)\](?:\([^()]*\)|\[[^[\]]*\])/g, '$1')
    .replace(/\[([^[\]]+)\](?:\((?:[^()]|\([^()]*\))*\)|\[[^[\]]*\])/g, '$1')
    .replace(/\s*\{[#.:][^{}]*\}\s*$/, '')
    .replace(/(\*{1,3}|~~)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}_])(_{1,3})(?=\S)([^_]+?)(?<=\S)\1(?![\p{L}\p{N}_])/gu, '$2')
  return restore(marked, literal).replace(/\s+/g, ' ').trim()
}

function restore(text: string, literal: readonly string[]): string {
  return text.replace(/\0(\d+)\0/g, (_, at: string) => literal[Number(at)] ?? '')
}

function decode(name: string): string | undefined {
  if (!name.startsWith('#')) return entities[name]
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return code > 0x1f && code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}
