import type { Taken } from '../bounces/take-in.ts'
import { mergeKinds } from '../mail/reply-kind.ts'
import { type FeedbackKind, feedbackKinds } from '../model/feedback.ts'
import { feedbackSummary, refusalLines } from './feedback-lines.ts'
import { count, table } from './terminal.ts'

type Told = Extract<Taken, { kind: 'told' }>

/** How many readers, and reasons, people are told of; `--json` has all counts. */
const mostLines = 50
const mostReasons = 5

/** Counts what messages that came back have told, and keeps what is worth a line. */
export function bounceTally() {
  const kinds = Object.fromEntries(feedbackKinds.map((kind) => [kind, 0])) as Record<
    FeedbackKind,
    number
  >
  const counts = { known: 0, suppressed: 0, unsubscribed: 0, unproven: 0, strangers: 0, ignored: 0 }
  const unclear: { file: string; reason: string }[] = []
  const readers: string[][] = []
  const refusals = new Map<string, number>()
  let messages = 0

  function addTold({ what, effect, isProven, address, diagnostic }: Told): void {
    if (effect === 'known') {
      counts.known += 1
      return
    }
    kinds[what] += 1
    if (effect !== 'none') counts[effect] += 1
    if (!isProven) counts.unproven += 1
    if (what === 'policy') refusals.set(diagnostic, (refusals.get(diagnostic) ?? 0) + 1)
    const word = isProven ? effect : 'unproven'
    if (word !== 'none') readers.push([`  ${word}`, address, what, diagnostic])
  }

  function summary(): string {
    const others = [
      [counts.known, 'known already'],
      [counts.strangers, 'of nobody on the list'],
      [counts.ignored, 'from which nothing follows'],
      [unclear.length, 'not understood'],
    ] as const
    const more = others.filter(([n]) => n > 0).map((part) => part.join(' '))
    return [
      count(messages, 'message'),
      [feedbackSummary(kinds), ...more].filter(Boolean).join(', '),
    ]
      .filter(Boolean)
      .join(': ')
  }

  function reasons(): string[] {
    const counted = [...refusals].map(([text, n]) => ({ text, count: n }))
    return refusalLines(mergeKinds(counted).slice(0, mostReasons))
  }

  return {
    /** @param name of the file that it came in */
    add(name: string, taken: Taken): void {
      messages += 1
      if (taken.kind === 'told') addTold(taken)
      else if (taken.kind === 'stranger') counts.strangers += 1
      else if (taken.kind === 'nothing') counts.ignored += 1
      else unclear.push({ file: name, reason: taken.reason })
    },
    unclear,
    json: () => ({ messages, ...kinds, ...counts, unclear }),
    text: () =>
      [
        summary(),
        ...(readers.length > 0 ? [table(readers.slice(0, mostLines))] : []),
        ...(readers.length > mostLines ? [`  and ${readers.length - mostLines} more`] : []),
        ...reasons(),
        ...unclear.map(({ file, reason }) => `${file}: ${reason}`),
      ].join('\n'),
  }
}
