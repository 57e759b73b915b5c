import { isIP } from 'node:net'

/** Who asks, and where from, as far as limits go. */
export interface Networks {
  /** the address of IPv4, the /64 of IPv6: what one household has */
  readonly client: string
  /** the /24 of IPv4, the /48 of IPv6: what one customer has who may have many */
  readonly network: string
}

/**
 * @param address of IP
 * @returns undefined for what is none, and for this machine's own: that is a proxy which does not say whom it speaks for,
 *   and stands for everybody
 */
export function networksOf(address: string): Networks | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  const kind = isIP(plain)
  if (kind === 0 || /^(?:127\.|::1$)/.test(plain)) return undefined
  if (kind === 4) return { client: plain, network: plain.replace(/\.\d+$/, '.0/24') }
  const groups = groupsOf(plain)
  return {
    client: `${groups.slice(0, 4).join(':')}::/64`,
    network: `${groups.slice(0, 3).join(':')}::/48`,
  }
}

/** The eight groups of an IPv6 address, however it is shortened. */
function groupsOf(address: string): readonly string[] {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = short.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array<string>(8 - before.length - after.length).fill('0')
  return tail === undefined ? before : [...before, ...zeros, ...after]
}
