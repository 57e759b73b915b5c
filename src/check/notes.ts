/** An error breaks the format's standard; a warning is legal, and some reader or validator objects to it. */
export type Severity = 'error' | 'warning'

/** What a note is about, for those who look for its cause. */
export interface About {
  /** identity of the item that it stands in */
  readonly item?: string
  /** local name of the element or member */
  readonly field?: string
  /** the words of the document that are objected to */
  readonly subject?: string
}

/** What a rule says of one place in a document. */
export interface Note extends About {
  /** kebab-case; the same fault has the same code in all formats */
  readonly code: string
  readonly severity: Severity
  /** what is wrong and what to do about it */
  readonly message: string
  /** index into the text, in UTF-16 code units */
  readonly offset: number
}

export interface Notes {
  error(code: string, offset: number, message: string, about?: About): void
  warn(code: string, offset: number, message: string, about?: About): void
  /** The same notes, for rules that look at a part of the document. */
  about(about: About): Notes
}

/** More of one kind teach nobody anything, and a hostile document could ask for millions. */
const mostOfACode = 100
/** Names in a document may have any length. */
const mostOfAMessage = 500

/** A fresh list, in which rules write down what they find. */
export function takeNotes(): { readonly notes: Notes; list(): readonly Note[] } {
  const list: Note[] = []
  const counts = new Map<string, { count: number; last: Note }>()
  const add = (note: Note) => {
    const known = counts.get(note.code)
    const count = (known?.count ?? 0) + 1
    counts.set(note.code, { count, last: note })
    if (count <= mostOfACode) list.push({ ...note, message: line(note.message, mostOfAMessage) })
  }
  const writer = (fixed: About): Notes => ({
    error: (code, offset, message, about) =>
      add({ ...fixed, ...about, code, severity: 'error', offset, message }),
    warn: (code, offset, message, about) =>
      add({ ...fixed, ...about, code, severity: 'warning', offset, message }),
    about: (about) => writer({ ...fixed, ...about }),
  })
  const surplus = () =>
    [...counts].flatMap(([code, { count, last }]) => {
      const more = count - mostOfACode
      const message = `and ${more} more of this kind after those shown`
      return more > 0 ? [{ code, severity: last.severity, offset: last.offset, message }] : []
    })
  return {
    notes: writer({}),
    list: () => [...list, ...surplus()].sort((a, b) => a.offset - b.offset),
  }
}

/** A value as a message shows it: on one line, in quotes, its beginning when it is long. */
export function show(value: string): string {
  return `'${line(value, 80)}'`
}

/** A text on one line that no terminal takes for orders, or the beginning of it. */
function line(text: string, most: number): string {
  const beginning = text.slice(0, 10 * most)
  const clean = beginning.replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').trim()
  return clean.length > most ? `${clean.slice(0, most - 1).toWellFormed()}…` : clean
}

/** The name that was probably meant, as a remedy: `; did you mean pubDate?`, or empty. */
export function suggest(name: string, known: Iterable<string>): string {
  const plain = (word: string) => word.toLowerCase().replace(/[^a-z\d]/g, '')
  const wanted = plain(name)
  for (const word of known) {
    const other = plain(word)
    if (other === wanted || other === `${wanted}s` || `${other}s` === wanted)
      return `; did you mean ${word}?`
  }
  return ''
}
