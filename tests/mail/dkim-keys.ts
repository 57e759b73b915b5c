import { generateKeyPairSync } from 'node:crypto'

/** A key pair as its owner has it: the private half for tidings, the public half for the DNS. */
export interface KeyPair {
  readonly privateKey: string
  /** the TXT record at SELECTOR._domainkey.DOMAIN */
  readonly record: string
}

const pem = { type: 'pkcs8', format: 'pem' } as const

export const rsa2048 = rsaPair(2048)
export const ed25519 = edPair()

export function rsaPair(modulusLength: number): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
  const der = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  return { privateKey: String(privateKey.export(pem)), record: `v=DKIM1; k=rsa; p=${der}` }
}

function edPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const raw = Buffer.from(x, 'base64url').toString('base64') // RFC 8463 §4
  return { privateKey: String(privateKey.export(pem)), record: `v=DKIM1; k=ed25519; p=${raw}` }
}
