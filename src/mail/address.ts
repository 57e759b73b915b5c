import { domainToASCII } from 'node:url'

/** One mailbox: `name` is plain text on one line, or empty. */
export interface Mailbox {
  /** bare: local part as given (NFC), domain in lower-case A-labels */
  readonly address: string
  readonly name: string
}

export type AddressReading = { readonly mailbox: Mailbox } | { readonly reason: string }

type Reading<T> = { readonly value: T } | { readonly reason: string }

const mostCharacters = 10_000
const mostLocalOctets = 64
const mostAddressOctets = 254

/** Invisible or unassignable in a mailbox; the joiners stay, some scripts and emoji need them. */
const unfit = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Noncharacter_Code_Point}]/u
const control = /(?!\t)[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u

const atoms =
  /^[\w!#$%&'*+\-/=?^`{|}~\u{80}-\u{10FFFF}]+(?:\.[\w!#$%&'*+\-/=?^`{|}~\u{80}-\u{10FFFF}]+)*$/u
const quoted = /^"(?:[ !#-[\]-~\u{80}-\u{10FFFF}]|\\[ -~])+"$/u
/** What nearly all addresses of a long list look like, and what the rules below would give back as it is. */
const usual = /^[\w+-]+(?:\.[\w+-]+)*@(?:(?!xn--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/
const named = /^((?:"(?:[^"\\]|\\.)*"|[^"<>])*)<(.*)>$/u
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Reads a bare address or `Name <address>`, as it stands in a configuration or a list: the Mailbox of RFC 5321
 * §4.1.2 with UTF-8 local parts (RFC 6531) and international domains, which become A-labels (RFC 5890).
 * Address literals (`a@[192.0.2.1]`) and domains of one label other than localhost are refused.
 *
 * @returns undefined when it is neither; `readAddress` says why
 */
export function parseAddress(text: string): Mailbox | undefined {
  const reading = readAddress(text)
  return 'mailbox' in reading ? reading.mailbox : undefined
}

/** `parseAddress` with, in place of undefined, a reason to show: `'a b.example' has no @`. */
export function readAddress(text: string): AddressReading {
  if (text.length < 64 && usual.test(text)) return { mailbox: { address: text, name: '' } }
  if (text.length > mostCharacters) return { reason: `longer than ${mostCharacters} characters` }
  if (control.test(text)) return { reason: 'has a control character or a line break in it' }
  const trimmed = text.trim()
  const [, phrase = '', inner = trimmed] = named.exec(trimmed) ?? []
  const bare = readBareAddress(inner.trim())
  return 'reason' in bare ? bare : { mailbox: { address: bare.value, name: readPhrase(phrase) } }
}

/**
 * The form in which two addresses are the same: domain in lower-case A-labels, local part in NFC and without needless
 * quotes. Letter case of the local part counts in RFC 5321 and at no mail system of today, so it is folded: writing
 * twice to one person is the likelier mistake. Total: what is no address is folded as it stands.
 */
export function addressKey(address: string): string {
  return foldAddress(parseAddress(address)?.address ?? address.trim())
}

/** `addressKey` of an address that `parseAddress` gave. */
export function foldAddress(address: string): string {
  return address.toLowerCase().normalize()
}

/** `parseAddress` and `addressKey` at once; undefined when it is no address. */
export function keyedAddress(text: string) {
  const address = parseAddress(text)?.address
  return address === undefined ? undefined : { address, key: foldAddress(address) }
}

/** The part after the last `@` of a bare address. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}

function readBareAddress(text: string): Reading<string> {
  const at = text.lastIndexOf('@')
  if (at < 0) return { reason: text === '' ? 'there is no address' : `'${brief(text)}' has no @` }
  const local = readLocalPart(text.slice(0, at))
  if ('reason' in local) return local
  const domain = readDomain(text.slice(at + 1))
  if ('reason' in domain) return domain
  const address = `${local.value}@${domain.value}`
  if (Buffer.byteLength(address) > mostAddressOctets) {
    return { reason: `'${brief(text)}' is longer than ${mostAddressOctets} octets` }
  }
  return { value: address }
}

function readLocalPart(text: string): Reading<string> {
  const given = text.normalize()
  if (given === '' || given === '""') return { reason: 'there is nothing before the @' }
  const inner = given.replace(/^"|"$/g, '').replaceAll(' ', '')
  if (unfit.test(given.startsWith('"') ? inner : given)) {
    return { reason: `'${brief(given)}' before the @ has a space or an invisible character in it` }
  }
  if (!atoms.test(given) && !quoted.test(given)) {
    return { reason: `'${brief(given)}' before the @ is not a mailbox name` }
  }
  const plain = given.startsWith('"') ? unquote(given) : given
  const local = atoms.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`
  if (Buffer.byteLength(local) > mostLocalOctets) {
    return { reason: `the part before the @ is longer than ${mostLocalOctets} octets` }
  }
  return { value: local }
}

function readDomain(text: string): Reading<string> {
  if (text === '') return { reason: 'there is nothing after the @' }
  const refused = { reason: `'${brief(text)}' after the @ is not a domain name` }
  // domainToASCII reads its input as the host of a URL: percent signs and numbers would mean something there
  if (/[^a-z0-9.\-\u{80}-\u{10FFFF}]/iu.test(text) || unfit.test(text)) return refused
  const lower = text.toLowerCase()
  const domain = /[^ -~]|xn--/.test(lower) ? domainToASCII(lower) : lower
  const labels = domain.split('.')
  if (domain.length > 253 || !labels.every((part) => label.test(part))) return refused
  if (/^\d+$/.test(labels.at(-1) ?? '')) return refused
  if (labels.length < 2 && domain !== 'localhost') {
    return { reason: `'${brief(text)}' after the @ is not a full domain name` }
  }
  return { value: domain }
}

function readPhrase(phrase: string): string {
  return phrase
    .replace(/"(?:[^"\\]|\\.)*"/gu, unquote)
    .replace(/\s+/gu, ' ')
    .trim()
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/gu, '$1')
}

function brief(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
