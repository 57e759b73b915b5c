/** A content coding that we make (RFC 9110 §8.4.1, RFC 7932, RFC 8878). */
export type Coding = 'br' | 'zstd' | 'gzip'

/** The smallest result first: what is taken where a client likes several alike. */
export const codings: readonly Coding[] = ['br', 'zstd', 'gzip']

/** How a file may travel, the best first; `identity` is always among them, as a last resort where it is refused. */
export type Accepted = readonly (Coding | 'identity')[]

const known = new Map<string, Accepted>()
const mostKnown = 200

/**
 * What a client takes, by its `Accept-Encoding` (RFC 9110 §12.5.3). Who sends none gets the file as it is.
 */
export function acceptedCodings(header: string | undefined): Accepted {
  if (header === undefined) return ['identity']
  const before = known.get(header)
  if (before) return before
  const accepted = read(header)
  // Anybody can make headers up; there are few that programs send
  if (known.size >= mostKnown) known.clear()
  if (header.length < 200) known.set(header, accepted)
  return accepted
}

function read(header: string): Accepted {
  const weights = new Map<string, number>()
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim())
    const weight = parameters.find((one) => one.startsWith('q='))
    const q = weight === undefined ? 1 : Number(weight.slice(2))
    if (name !== '') weights.set(name.replace(/^x-gzip$/, 'gzip'), q >= 0 && q <= 1 ? q : 0)
  }
  const rest = weights.get('*')
  const weightOf = (coding: string) => weights.get(coding) ?? rest ?? 0
  // Below all that is named, unless it is named
  const identity = weights.get('identity') ?? (rest === 0 ? 0 : 0.0001)
  const wanted = [
    ...codings.map((coding) => ({ coding, q: weightOf(coding) })),
    { coding: 'identity' as const, q: identity },
  ]
  const taken = wanted.filter(({ q }) => q > 0).sort((a, b) => b.q - a.q)
  return taken.length > 0 ? taken.map(({ coding }) => coding) : ['identity']
}
