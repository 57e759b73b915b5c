/**
 * The parts of a relay's reply, as regular expressions that JavaScript and PostgreSQL read alike: a store may have to
 * count a million replies by their kind where they are.
 */
export const replyParts = {
  /** the codes (RFC 5321 §4.2, RFC 3463), which stay as they are */
  head: '^(?:gave up after [^:]*: )?[0-9]{3}(?: [245]\\.[0-9]{1,3}\\.[0-9]{1,3})?(?= |$)',
  /** words of this one message: queue ids, addresses, times */
  variable: '(?<=queued as )[^ ]+|[^ /]*[0-9@<][^ /]*',
  runs: '…(?:[ /]…)+',
} as const

const head = new RegExp(replyParts.head)
const variable = new RegExp(replyParts.variable, 'g')
const runs = new RegExp(replyParts.runs, 'g')

/**
 * What many replies have in common: `250 2.0.0 Ok: queued as …`, with `…` for what belongs to one message alone.
 *
 * @param reply on one line, see `replyLine`
 */
export function replyKind(reply: string): string {
  const [codes = ''] = head.exec(reply) ?? []
  return codes + reply.slice(codes.length).replace(variable, '…').replace(runs, '…')
}

/** Adds up what was counted by its words, by their kind; the most frequent first. */
export function mergeKinds(
  counted: readonly { readonly text: string; readonly count: number }[],
): readonly { readonly reason: string; readonly count: number }[] {
  const kinds = new Map<string, number>()
  for (const { text, count } of counted) {
    const reason = replyKind(text)
    kinds.set(reason, (kinds.get(reason) ?? 0) + count)
  }
  return [...kinds]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
}
