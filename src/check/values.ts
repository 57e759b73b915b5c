import type { Complaint } from './dates.ts'

/** Schemes that a link for people may have without surprising anybody. */
const usual = /^(?:https?|ftp|mailto|news|nntp|tel|sms|xmpp|irc|ircs|gemini|gopher|magnet):/i

/**
 * What is wrong with an absolute URL.
 *
 * @param iri whether characters beyond ASCII may stand in it (RFC 3987), as in Atom and JSON Feed
 */
export function urlComplaint(value: string, { iri = false } = {}): Complaint | undefined {
  if (value === '') return error('url-invalid', 'is empty; write an absolute URL')
  if (/^(?:javascript|vbscript|data):/i.test(value))
    return error('url-unsafe', 'is a script or data, not an address; write an https URL')
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(value)
  if (!scheme) return error('url-relative', 'is no absolute URL; write it whole, from https:// on')
  const bad = badCharacter(value)
  if (bad !== undefined) return error('url-invalid', `has ${bad} in it; write it percent-encoded`)
  if (/^https?:/i.test(value) && !/^https?:\/\/[^/?#]+/i.test(value))
    return error('url-invalid', 'has no host; write https://example.org/…')
  if (/^https?:/i.test(value) && !URL.canParse(value))
    return error('url-invalid', 'is no URL; mend its host or port')
  if (!iri && /[^\0-\x7f]/.test(value))
    return error('url-invalid', 'has characters beyond ASCII; percent-encode them')
  return undefined
}

/** The same, for what may be relative to a base (Atom, HTML). */
export function referenceComplaint(value: string): Complaint | undefined {
  if (/^[a-z][a-z\d+.-]*:/i.test(value)) return urlComplaint(value, { iri: true })
  const bad = badCharacter(value)
  return bad === undefined
    ? undefined
    : error('url-invalid', `has ${bad} in it; write it percent-encoded`)
}

/** What is wrong with a URL that a reader opens for a person. */
export function linkComplaint(value: string, options?: { iri?: boolean }): Complaint | undefined {
  const complaint = urlComplaint(value, options)
  if (complaint !== undefined || usual.test(value)) return complaint
  return warning('url-scheme', 'has a scheme that readers do not open; write an https URL')
}

function badCharacter(value: string): string | undefined {
  if (/\s/.test(value)) return 'white space'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const found = /["<>\\^`{|}\u0000-\u0020\u007f]|%(?![\da-f]{2})/i.exec(value)?.[0]
  return found && (found === '%' ? 'a % that begins no code' : `the character ${found}`)
}

/** What is wrong with a permanent identity (RFC 4287 §4.2.6): an absolute IRI in its normal form. */
export function identityComplaint(value: string): Complaint | undefined {
  if (value === '') return error('id-invalid', 'is empty; write a permanent, unique IRI')
  if (!/^[a-z][a-z\d+.-]*:./i.test(value))
    return error('id-invalid', 'is no absolute IRI; write a tag: or https: URI')
  const bad = badCharacter(value)
  if (bad !== undefined) return error('id-invalid', `has ${bad} in it; an IRI has none`)
  if (/^tag:/i.test(value) && !isTagUri(value))
    return error('id-invalid', 'is no tag URI (RFC 4151); write tag:example.org,2026-11-23:name')
  if (/^urn:uuid:/i.test(value) && !isUuid(value.slice(9)))
    return error(
      'id-invalid',
      'is no UUID; write urn:uuid: and 32 hexadecimal digits as 8-4-4-4-12',
    )
  if (/^urn:/i.test(value) && !/^urn:[a-z\d][a-z\d-]{0,31}:.+/i.test(value))
    return error('id-invalid', 'is no URN; write urn:namespace:name')
  return canonicalComplaint(value)
}

/** Letters, digits and `-._~` stand for themselves (RFC 3986 §6.2.2.2). */
const needless = /%(?:4[1-9A-F]|5[\dAF]|6[1-9A-F]|7[\dAE]|3\d|2[DE])/

/** Readers compare identities letter by letter, and some normalise them first (RFC 4287 §4.2.6.1). */
function canonicalComplaint(value: string): Complaint | undefined {
  const web = /^(https?):\/\/([^/?#]*)([^?#]*)/i.exec(value)
  if (!web) return undefined
  const [, scheme = '', host = '', path = ''] = web
  const url = URL.parse(value)
  if (!url) return error('id-invalid', 'is no URL; mend its host or port')
  const plain = /^[\0-\x7f]*$/.test(host)
  const dotted = /(?:^|\/)\.{1,2}(?:\/|$)/.test(path)
  const same = scheme === scheme.toLowerCase() && (!plain || host === host.toLowerCase())
  const encoded = [...value.matchAll(/%[\da-f]{2}/gi)].some(
    ([code]) => code !== code.toUpperCase() || needless.test(code),
  )
  const plainPort = !/:(?:80|443)?$|@/.test(host)
  if (same && !dotted && !encoded && path !== '' && plainPort) return undefined
  return warning(
    'id-not-canonical',
    `is not in canonical form, as is ${canonical(url)}; write that`,
  )
}

function canonical(url: URL): string {
  return url.href
    .replace(/%[\da-f]{2}/gi, (code) => code.toUpperCase())
    .replace(new RegExp(needless, 'g'), decodeURIComponent)
    .replace(/\/\/[^/@]*@/, '//')
}

function isTagUri(value: string): boolean {
  const day =
    /^tag:(?:[\w.+-]+@)?[a-z\d](?:[a-z\d.-]*[a-z\d])?,\d{4}(?:-\d{2}(?:-\d{2})?)?:[^#]*(?:#.*)?$/i
  return day.test(value)
}

export function isUuid(value: string): boolean {
  return /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(value)
}

/** What is wrong with an e-mail address (RFC 5322 addr-spec, as the Atom schema has it). */
export function emailComplaint(value: string): Complaint | undefined {
  const atom = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d-]+(?:\.[a-z\d-]+)+$/i
  return atom.test(value)
    ? undefined
    : error('email-invalid', 'is no e-mail address; write desk@example.org')
}

/** An address with a name in the way of RSS: `desk@example.org (The Desk)`. */
export function mailboxComplaint(value: string): Complaint | undefined {
  if (value.length > 1000) return error('email-invalid', 'is too long for an address; shorten it')
  const [address = '', ...rest] = value.split(/\s+(?=\()/)
  const named = /^(.*)<([^<>]*)>$/.exec(value)
  if (named && emailComplaint(named[2] ?? '') === undefined)
    return warning('email-format', `should be written as ${named[2]} (${(named[1] ?? '').trim()})`)
  const complaint = emailComplaint(address)
  if (complaint) return error(complaint.code, 'is no e-mail address; write desk@example.org (Name)')
  if (rest.length === 0)
    return warning('email-format', `has no name; write ${address} (Name), as readers show it`)
  return /^\(.+\)$/.test(rest.join(' '))
    ? undefined
    : error('email-invalid', 'has something behind the address; write desk@example.org (Name)')
}

const languageNames = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })

/** What is wrong with a language tag (BCP 47). */
export function languageComplaint(value: string): Complaint | undefined {
  const hint = value.includes('_') ? value.replaceAll('_', '-') : 'en or pt-BR'
  const malformed = error('language-invalid', `is no language tag (BCP 47); write ${hint}`)
  if (!/^[a-z]{1,8}(?:-[a-z\d]{1,8})*$/i.test(value)) return malformed
  if (/^[xi]-/i.test(value)) return undefined
  try {
    const [primary = ''] = value.split('-')
    const known = languageNames.of(primary) !== undefined
    return known ? undefined : warning('language-unknown', 'names no language of ISO 639; mend it')
  } catch {
    return malformed
  }
}

/** What is wrong with a media type (RFC 6838). */
export function mediaTypeComplaint(value: string): Complaint | undefined {
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:"[^"]*"|[^\s";]+))*$/.test(value)
    ? undefined
    : error('media-type-invalid', 'is no media type; write one such as audio/mpeg')
}

export function integerComplaint(
  value: string,
  least: number,
  most: number,
): Complaint | undefined {
  const inside = /^\d{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most
  if (inside) return undefined
  const range = most >= Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`
  return error('number-invalid', `is no whole number, ${range}; write it in digits`)
}

function error(code: string, message: string): Complaint {
  return { code, severity: 'error', message }
}

function warning(code: string, message: string): Complaint {
  return { code, severity: 'warning', message }
}
