import { domainOf } from '../mail/address.ts'
import type { Problem } from '../model/problem.ts'
import { formatProblem } from '../model/problem.ts'
import type { SubscriberStatus } from '../model/subscriber.ts'
import type { AddOutcome } from '../store/subscribers.ts'
import type { LeftOut, Piece } from '../subscribers/list-reader.ts'
import { typoHint } from '../subscribers/typo-hint.ts'
import type { Context } from './command.ts'

/** How many problems of a kind are told one by one. */
const mostTold = 20
/** How many are kept for `--json`. */
const mostKept = 1000
/** How many mistyped domains are told. */
const mostDomains = 10_000

export interface Hint {
  readonly domain: string
  readonly meant: string
  readonly count: number
  /** where the first one stands */
  readonly place: string
}

/** What came of the lines that were read so far. Its memory does not grow with them. */
export interface Tally {
  readonly outcomes: Readonly<Record<AddOutcome, number>>
  readonly statuses: Readonly<Record<SubscriberStatus, number>>
  readonly leftOut: number
  readonly unconfirmed: number
  readonly repeated: number
  readonly errors: readonly Problem[]
  readonly warnings: readonly Problem[]
  hints(): readonly Hint[]
  /** counts what was read, and tells of the first problems */
  read(file: string, piece: Piece): void
  stored(outcomes: readonly AddOutcome[]): void
}

export function makeTally({ progress, paint }: Pick<Context, 'progress' | 'paint'>): Tally {
  const outcomes = { added: 0, updated: 0, unchanged: 0, 'kept-out': 0 }
  const statuses = { active: 0, unsubscribed: 0, suppressed: 0, unlisted: 0 }
  const errors: Problem[] = []
  const warnings: Problem[] = []
  const guesses = new Map<string, string | undefined>()
  const hints = new Map<string, { meant: string; count: number; place: string }>()
  const numbers = { leftOut: 0, unconfirmed: 0, repeated: 0 }
  let warned = 0

  function keep(list: Problem[], { file, line, message }: Problem | LeftOut): void {
    if (list.length < mostKept) list.push({ file, message, ...(line !== undefined && { line }) })
  }

  function guess(address: string): string | undefined {
    const domain = domainOf(address)
    if (!guesses.has(domain)) {
      if (guesses.size >= mostDomains) guesses.clear()
      const hint = typoHint(address)
      guesses.set(domain, hint && domainOf(hint))
    }
    return guesses.get(domain)
  }

  return {
    outcomes,
    statuses,
    errors,
    warnings,
    get leftOut() {
      return numbers.leftOut
    },
    get unconfirmed() {
      return numbers.unconfirmed
    },
    get repeated() {
      return numbers.repeated
    },
    hints: () =>
      [...hints]
        .map(([domain, hint]) => ({ domain, ...hint }))
        .sort((one, other) => other.count - one.count),
    read(file, piece) {
      for (const error of piece.errors) {
        if (numbers.leftOut++ < mostTold)
          progress.note(`${paint.bad('left out')} ${formatProblem(error)}`)
        keep(errors, error)
      }
      for (const warning of piece.warnings) {
        if (warned++ < mostTold) progress.note(`${paint.warn('warning')} ${formatProblem(warning)}`)
        keep(warnings, warning)
      }
      numbers.unconfirmed += piece.unconfirmed.length
      numbers.repeated += piece.repeated
      for (const { address, status = 'active', line } of piece.people) {
        statuses[status]++
        const meant = guess(address)
        if (meant === undefined) continue
        const known = hints.get(domainOf(address))
        if (known) known.count++
        else if (hints.size < mostDomains)
          hints.set(domainOf(address), { meant, count: 1, place: `${file}:${line}` })
      }
    },
    stored(list) {
      for (const outcome of list) outcomes[outcome]++
    },
  }
}
