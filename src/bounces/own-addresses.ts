import { addressKey, domainOf, parseAddress } from '../mail/address.ts'
import { readBounceToken } from '../mail/return-path.ts'

/** Whether mail for an address is for us to read. */
export type IsForUs = (address: string) => boolean

/**
 * Mail comes back to the bounce address, with or without a token, and to the address that readers leave by.
 *
 * @param bounces absent: nothing comes back but to the others
 * @param others as in a configuration: `News <news@example.org>`
 */
export function ownAddresses(
  bounces: string | undefined,
  others: readonly (string | undefined)[],
): IsForUs {
  const keyed = (text: string | undefined) => {
    const mailbox = text === undefined ? undefined : parseAddress(text)
    return mailbox ? [addressKey(mailbox.address)] : []
  }
  const own = new Set([bounces, ...others].flatMap(keyed))
  const [base] = keyed(bounces)
  return (address) => {
    const key = addressKey(address)
    if (own.has(key)) return true
    if (!base || domainOf(key) !== domainOf(base)) return false
    const local = base.slice(0, base.lastIndexOf('@'))
    return key.startsWith(`${local}+`) && readBounceToken(key) !== undefined
  }
}
