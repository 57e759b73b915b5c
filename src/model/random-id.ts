import { randomBytes } from 'node:crypto'

/** 128 bits that nobody can guess, in base64url. */
export function randomId(): string {
  return randomBytes(16).toString('base64url')
}
