import { type Feedback, type FeedbackKind, feedbackKinds } from '../model/feedback.ts'
import type { FeedbackCounts, ReasonCount } from '../store/feedback.ts'
import { table } from './terminal.ts'

const words: Readonly<Record<FeedbackKind, string>> = {
  hard: 'of no such mailbox',
  soft: 'not for now',
  policy: 'refused by policy',
  complaint: 'complained',
  unsubscribe: 'asked to leave',
  delayed: 'delayed',
  delivered: 'delivered',
}

/** `2 of no such mailbox, 1 complained`, or empty. */
export function feedbackSummary(counts: FeedbackCounts): string {
  return feedbackKinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${counts[kind]} ${words[kind]}`)
    .join(', ')
}

/** Why messages were refused for our sake, for whoever has to mend it. */
export function refusalLines(reasons: readonly ReasonCount[]): string[] {
  if (reasons.length === 0) return []
  return [
    'Refused for what we are or sent, and nobody taken off the list for it; mend that:',
    table(reasons.map(({ reason, count }) => [`  ${count}`, reason])),
  ]
}

/** What came back of one reader's messages. */
export function feedbackTable(feedback: readonly Feedback[]): string[] {
  if (feedback.length === 0) return []
  const rows = feedback.map(({ at, edition = '', kind, isProven, source, diagnostic }) => [
    at.toISOString(),
    edition,
    isProven ? kind : `${kind} (unproven)`,
    source,
    diagnostic,
  ])
  return ['', table([['CAME BACK', 'EDITION', 'KIND', 'FROM', 'WHAT WAS SAID'], ...rows])]
}

export function feedbackJson(feedback: readonly Feedback[]) {
  return feedback.map(({ subscriber: _, ...told }) => told)
}
