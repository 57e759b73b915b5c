import { createPrivateKey, type KeyObject } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { Fault } from '../model/fault.ts'

export interface DkimKey {
  /** who signs (d=), in lower-case A-labels */
  readonly domain: string
  /** where its public key stands: SELECTOR._domainkey.DOMAIN */
  readonly selector: string
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256'
  readonly key: KeyObject
}

export interface DkimTerms {
  readonly domain: string
  readonly selector: string
  /** PEM, PKCS #1 or PKCS #8 */
  readonly privateKey: string
}

/** RFC 8301 §3.2: less is not verified by anybody. */
const leastBits = 1024
const label = '[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?'
const domainName = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})+$`)
const selectorName = new RegExp(`^(?=.{1,190}$)${label}(?:\\.${label})*$`)

const makeOne = `make one with 'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out dkim.pem'`

/**
 * Reads a signing key once for all messages: RSA (RFC 6376) or Ed25519 (RFC 8463).
 *
 * @param place what the operator calls it, such as `tidings.config.ts: mail.dkim`
 * @throws {Fault} 'config-invalid', never with a part of the key in it
 */
export function readDkimKey({ domain, selector, privateKey }: DkimTerms, place: string): DkimKey {
  const name = domainToASCII(domain.trim().toLowerCase().replace(/\.$/, ''))
  if (!domainName.test(name)) {
    throw refused(`${place}.domain`, `'${domain}' is not a domain name such as example.org`)
  }
  const short = selector.trim().toLowerCase()
  if (!selectorName.test(short)) {
    throw refused(`${place}.selector`, `'${selector}' is not a selector such as s1`)
  }
  const { key, algorithm } = readKey(privateKey, `${place}.privateKey`)
  return { domain: name, selector: short, key, algorithm }
}

function readKey(given: string, place: string): Pick<DkimKey, 'key' | 'algorithm'> {
  // an environment variable often cannot hold line ends
  const pem = given.replaceAll('\\n', '\n').trim()
  if (pem.startsWith('env:')) {
    throw refused(place, `the environment variable ${pem.slice(4)} is not set`)
  }
  const key = parse(pem, place)
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return { key, algorithm: 'ed25519-sha256' }
    case 'rsa': {
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
      if (bits >= leastBits) return { key, algorithm: 'rsa-sha256' }
      throw refused(place, `its ${bits} bits are too few for anybody to trust; ${makeOne}`)
    }
    default:
      throw refused(
        place,
        `is a key for ${key.asymmetricKeyType}, and DKIM knows RSA and Ed25519; ${makeOne}`,
      )
  }
}

function parse(pem: string, place: string): KeyObject {
  if (/^-+BEGIN (?:RSA )?PUBLIC KEY/.test(pem) || /^v=DKIM1\b/.test(pem)) {
    throw refused(place, 'is the public key, which belongs in the DNS; give the private one')
  }
  if (/^-+BEGIN ENCRYPTED|^Proc-Type:.*ENCRYPTED/m.test(pem)) {
    throw refused(
      place,
      "is locked with a passphrase; unlock it with 'openssl pkey -in LOCKED -out dkim.pem'",
    )
  }
  if (!/^-+BEGIN [A-Z ]*PRIVATE KEY-+$/m.test(pem)) {
    throw refused(
      place,
      "is no private key in PEM, which begins with '-----BEGIN PRIVATE KEY-----'; " +
        `give it as file:PATH or env:NAME, or ${makeOne}`,
    )
  }
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw refused(place, `cannot be read: it is cut off or damaged; copy it again, or ${makeOne}`, {
      cause,
    })
  }
}

function refused(place: string, reason: string, options?: ErrorOptions): Fault {
  return new Fault('config-invalid', `${place}: ${reason}`, options)
}
