import type { Problem } from '../model/problem.ts'

/** A paragraph of a text that may be boilerplate, with the reason for which it was left out. */
export interface Removed {
  /** the text that it stood in */
  readonly file: string
  readonly paragraph: string
  /**
   * - `pattern`: one of `content.strip` matches it
   * - `recurs`: it stands at the same end of several texts of the batch
   * - `tail`: it asks for something rather than saying something, at the end of the text
   * - `title`: it says the title again
   */
  readonly reason: 'pattern' | 'recurs' | 'tail' | 'title'
}

const longestCall = 600
const longestTested = 4000

/**
 * What closes an article without belonging to it, on sites of every kind: labels with nothing after them, and calls
 * to share, follow, subscribe, support or come back. Tried on the last paragraphs only, never on a quotation, and
 * kept general: what one site alone says belongs into its `content.strip`.
 */
const tailPatterns: readonly RegExp[] = [
  /^(?:related|recommended|similar|popular|recent|latest|more|other|trending)(?: (?:posts?|articles?|stories|news|reading|links|topics|content|from .{1,40}|on .{1,40}))?\s*:?$/iu,
  /^(?:you (?:may|might) (?:also )?(?:like|enjoy)|see also|read (?:also|more|next)|share(?: this(?: \w+)?)?|leave a (?:reply|comment)|post navigation|advertisements?|like this|filed under|tags?)(?: \w+)?\s*:?$/iu,
  /\b(?:shar(?:e|ing)|forward(?:ing)?|pass(?:ing)? (?:it|this) on)\b.{0,80}\b(?:friends?|family|colleagues|followers|social (?:media|networks?)|facebook|twitter|whatsapp)\b/isu,
  /\b(?:follow|like|find|join) (?:us|me) (?:on|at)\b/iu,
  /\b(?:subscribe|sign up|register)\b.{0,80}\b(?:newsletters?|channel|mailing list|updates|alerts|notifications)\b/isu,
  /\b(?:donate|support (?:us|our work|this (?:site|blog))|encourage us|buy (?:me|us) a coffee|become a (?:member|patron|supporter))\b/iu,
  /\bthank(?:s| you)\b.{0,40}\bfor (?:reading|visiting|sharing|your (?:visit|support|interest|attention))\b/isu,
  /\bwe\b.{0,80}\b(?:time|effort|heart|hard)\b.{0,80}\b(?:bring|offer|give|provide)(?:ing)? you\b/isu,
  /\b(?:if|we hope) you (?:have )?(?:like|enjoy|love|learn|find|found)\w*\b.{0,60}\b(?:article|post|story|blog|content)\b/isu,
]

/** A call speaks of itself to its reader; news that happens to mention sharing or donating does not. */
const selfReference =
  /\b(?:(?:this|my|our) (?:\w+ )?(?:articles?|posts?|stor(?:y|ies)|blog|newsletters?|(?:web)?site|channel|page|content|work|journalism)|you\b.{0,80}\b(?:us|me|our|my)|(?:us|me|our|my)\b.{0,80}\byou)\b/isu
const labelPatterns = tailPatterns.slice(0, 2)
const callPatterns = tailPatterns.slice(2)
const quotation = /^["'“”„«»‘’‹「『—–-]/u

/**
 * Compiles the patterns of `content.strip`: regular expressions tried on each paragraph as one line, upper and lower
 * case alike. One that is wrong, or that would match any paragraph at all, is a problem of the configuration.
 *
 * @param file where they are written, for the messages
 */
export function compileStrip(
  sources: readonly string[],
  file: string,
): { readonly patterns: readonly RegExp[]; readonly problems: readonly Problem[] } {
  const patterns: RegExp[] = []
  const problems: Problem[] = []
  for (const source of sources) {
    const compiled = compile(source)
    if (typeof compiled === 'string') problems.push({ file, message: compiled })
    else patterns.push(compiled)
  }
  return { patterns, problems }
}

function compile(source: string): RegExp | string {
  try {
    const pattern = new RegExp(source, 'iu')
    if (!pattern.test('')) return pattern
    return `content.strip: the pattern '${source}' matches every paragraph; begin it with ^ and words`
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : String(error)
    return `content.strip: '${source}' is not a regular expression (${reason}); put \\ before a sign that is meant as itself`
  }
}

/** How a paragraph is compared with others: case, white space and Unicode form do not matter. */
export function paragraphKey(paragraph: string): string {
  return paragraph.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ').trim()
}

/**
 * The paragraphs that recur in a batch: in three texts or more, or in more than half of them. Ornaments (`***`) and
 * section titles recur without being boilerplate: what has fewer than 12 letters counts only as a label (`Tags:`).
 *
 * @param texts the paragraphs of each text; the same text twice counts once
 */
export function recurring(texts: readonly (readonly string[])[]): ReadonlySet<string> {
  const distinct = new Map(texts.map((text) => [text.map(paragraphKey).join('\n\n'), text]))
  const counts = new Map<string, number>()
  for (const text of distinct.values()) {
    for (const key of new Set(text.map(paragraphKey))) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const found = [...counts].filter(([key, count]) => {
    const isMany = count >= 3 || (count === 2 && distinct.size <= 3)
    return isMany && ((key.match(/\p{L}/gu)?.length ?? 0) >= 12 || /\p{L}:$/u.test(key))
  })
  return new Set(found.map(([key]) => key))
}

/**
 * The paragraphs of one text without its boilerplate. Patterns of the publisher's own apply everywhere; what recurs
 * and what the general patterns know only at the ends, where boilerplate stands. A text is never emptied: two versions
 * of one article have most of their paragraphs in common, so what recurs stays where it is more than half of a text.
 */
export function stripBoilerplate(
  file: string,
  paragraphs: readonly string[],
  {
    patterns,
    recurs,
  }: { readonly patterns: readonly RegExp[]; readonly recurs: ReadonlySet<string> },
): { readonly kept: readonly string[]; readonly removed: readonly Removed[] } {
  const recurrences = paragraphs.filter((paragraph) => recurs.has(paragraphKey(paragraph))).length
  const trusted = recurrences * 2 <= paragraphs.length ? recurs : new Set<string>()
  const reasons = paragraphs.map((paragraph) => reasonOf(paragraph, patterns, trusted))
  const leaves = (reason: Removed['reason'] | undefined, isTail: boolean) =>
    reason === 'pattern' || reason === 'recurs' || (reason === 'tail' && isTail)

  let end = paragraphs.length
  while (end > 1 && leaves(reasons[end - 1], true)) end--
  // A rule that parted the article from its boilerplate parts nothing now
  while (end > 1 && end < paragraphs.length && isOrnament(paragraphs[end - 1])) end--
  let start = 0
  while (start < end - 1 && leaves(reasons[start], false)) start++
  if (start > 0 && !isTitleLike(paragraphs[start]) && isTitleLike(paragraphs[start - 1])) start--

  const kept: string[] = []
  const removed: Removed[] = []
  for (const [index, paragraph] of paragraphs.entries()) {
    const isInside = index >= start && index < end
    const reason = reasons[index]
    if (isInside && reason !== 'pattern') kept.push(paragraph)
    else removed.push({ file, paragraph, reason: reason ?? 'tail' })
  }
  return { kept, removed }
}

function reasonOf(
  paragraph: string,
  patterns: readonly RegExp[],
  recurs: ReadonlySet<string>,
): Removed['reason'] | undefined {
  const line = paragraph.replace(/\s+/gu, ' ').trim().slice(0, longestTested)
  if (patterns.some((pattern) => pattern.test(line))) return 'pattern'
  if (recurs.has(paragraphKey(paragraph))) return 'recurs'
  return isTail(line) ? 'tail' : undefined
}

function isTail(line: string): boolean {
  if (line.length > longestCall || quotation.test(line)) return false
  if (labelPatterns.some((pattern) => pattern.test(line))) return true
  return callPatterns.some((pattern) => pattern.test(line)) && selfReference.test(line)
}

function isOrnament(paragraph: string | undefined): boolean {
  return paragraph !== undefined && !/[\p{L}\p{N}]/u.test(paragraph)
}

/** Short, one line, and not a sentence. */
export function isTitleLike(paragraph: string | undefined): boolean {
  return paragraph !== undefined && /^[^\n]{1,200}$/u.test(paragraph) && !/[.,;:]$/u.test(paragraph)
}
