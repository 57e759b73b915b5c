/** Domains at which many people have their mailbox: who writes nearly one of them mostly meant it. */
const big = [
  'gmail.com',
  'googlemail.com',
  'yahoo.com',
  'yahoo.co.uk',
  'yahoo.fr',
  'yahoo.de',
  'yahoo.es',
  'hotmail.com',
  'hotmail.co.uk',
  'hotmail.fr',
  'hotmail.es',
  'hotmail.de',
  'outlook.com',
  'outlook.fr',
  'outlook.es',
  'outlook.de',
  'icloud.com',
  'protonmail.com',
  'fastmail.com',
  'comcast.net',
  'verizon.net',
  't-online.de',
  'freenet.de',
  'orange.fr',
  'wanadoo.fr',
  'laposte.net',
  'telefonica.net',
] as const

/** Near one of those, and real: nobody is to be told that their own address is a mistake. */
const real: ReadonlySet<string> = new Set([
  'mail.com',
  'email.com',
  'ymail.com',
  'gmail.co.uk',
  'hotmail.it',
  'hotmail.be',
  'yahoo.ca',
  'yahoo.it',
  'yahoo.se',
  'yahoo.be',
  'yahoo.dk',
  'outlook.be',
  'outlook.dk',
  'outlook.ie',
  'outlook.it',
  'outlook.sa',
  'orange.es',
])

/** Ends that are no top-level domains, and what they mostly were to be. */
const ends: Readonly<Record<string, string>> = {
  con: 'com',
  cmo: 'com',
  ocm: 'com',
  comm: 'com',
  coom: 'com',
  vom: 'com',
  xom: 'com',
  cim: 'com',
  nett: 'net',
  nte: 'net',
  ogr: 'org',
  orgg: 'org',
}

/**
 * The address that was probably meant, where the domain is a near miss of a big one or ends in what is no top-level
 * domain: `ann@gmial.com` gives `ann@gmail.com`. A guess, to be shown and never to be acted on.
 *
 * @param address bare, as `parseAddress` gives it
 * @returns undefined where nothing looks wrong
 */
export function typoHint(address: string): string | undefined {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1).toLowerCase()
  const meant = nearest(mendEnd(domain)) ?? mendEnd(domain)
  return at < 0 || meant === domain ? undefined : `${address.slice(0, at)}@${meant}`
}

function mendEnd(domain: string): string {
  const dot = domain.lastIndexOf('.')
  const end = domain.slice(dot + 1)
  return Object.hasOwn(ends, end) ? `${domain.slice(0, dot)}.${ends[end]}` : domain
}

/** One slip in the name, or one in what follows it. */
function nearest(domain: string): string | undefined {
  if (real.has(domain) || big.some((known) => known === domain)) return undefined
  const [name, rest] = halves(domain)
  return big.find((known) => {
    const [knownName, knownRest] = halves(known)
    if (name === knownName) return isOneSlip(rest, knownRest)
    return rest === knownRest && isOneSlip(name, knownName)
  })
}

function halves(domain: string): readonly [string, string] {
  const dot = domain.indexOf('.')
  return dot < 0 ? [domain, ''] : [domain.slice(0, dot), domain.slice(dot + 1)]
}

/** A letter too many, too few, another one, or two neighbours changed over. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  const restA = a.slice(start)
  const restB = b.slice(start)
  if (restA.length > restB.length) return restA.slice(1) === restB
  if (restA.length < restB.length) return restA === restB.slice(1)
  const isOther = restA.slice(1) === restB.slice(1)
  const isTurned =
    restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2)
  return restA !== '' && (isOther || isTurned)
}
