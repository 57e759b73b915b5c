import { BlockList, isIP } from 'node:net'

/**
 * Whose request it is: the address from which it came, or the one that trusted proxies say they had it from.
 *
 * @param peer the address at the other end of the connection; undefined when it is gone already
 * @param header finds a header of the request by its name
 * @returns an IPv4 or IPv6 address; empty where none is known
 */
export type ClientAddress = (
  peer: string | undefined,
  header: (name: string) => string | undefined,
) => string

/**
 * Believes `X-Forwarded-For` and `Forwarded` (RFC 7239) of trusted proxies only, and of what they say the part that
 * no client can make up: from the right, the first address that is not a proxy's. Where the two headers tell different
 * tales one of them was passed on as the client wrote it, so neither counts.
 *
 * @param trusted addresses and networks, `10.0.0.0/8`, checked by `isNetwork`
 */
export function clientAddress(trusted: readonly string[]): ClientAddress {
  const isProxy = proxyCheck(trusted)
  return (peer, header) => {
    const near = plain(peer ?? '') ?? ''
    if (near === '' || !isProxy(near)) return near
    const told = [
      stationsOf(header('x-forwarded-for'), (part) => part),
      stationsOf(header('forwarded'), forOf),
    ].flatMap((stations) => (stations ? [farthest(near, stations, isProxy)] : []))
    const [first = near, second = first] = told
    return first === second ? first : near
  }
}

/** Whether an address is in one of these networks. */
export function proxyCheck(networks: readonly string[]): (address: string) => boolean {
  const proxies = new BlockList()
  for (const network of networks) add(proxies, network)
  return (text) => {
    const address = plain(text) ?? ''
    return proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
}

/** Whether a text is an address or a network: `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`. */
export function isNetwork(text: string): boolean {
  const { address, bits } = splitNetwork(text)
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return bits === undefined ? most > 0 : /^\d{1,3}$/.test(bits) && Number(bits) <= most
}

function add(list: BlockList, network: string): void {
  const { address, bits } = splitNetwork(network)
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (bits === undefined) list.addAddress(address, family)
  else list.addSubnet(address, Number(bits), family)
}

function splitNetwork(text: string): { readonly address: string; readonly bits?: string } {
  const [, address = '', bits] = /^([^/]*)(?:\/(.*))?$/s.exec(text) ?? []
  return bits === undefined ? { address } : { address, bits }
}

/** The addresses of a header, nearest first; one that is no address (`unknown`, `_hidden`) is undefined. */
function stationsOf(
  value: string | undefined,
  addressOf: (part: string) => string | undefined,
): readonly (string | undefined)[] | undefined {
  const parts = value?.split(',').map((part) => part.trim())
  return parts?.reverse().map((part) => plain(addressOf(part) ?? ''))
}

/** `for=192.0.2.60;proto=https` → `192.0.2.60` */
function forOf(element: string): string | undefined {
  const pairs = element.split(';').map((pair) => /^\s*for\s*=(.*)$/i.exec(pair)?.[1])
  return pairs
    .find((found) => found !== undefined)
    ?.trim()
    .replace(/^"(.*)"$/, '$1')
}

/** Who hides behind a proxy of ours is known by that proxy. */
function farthest(
  near: string,
  stations: readonly (string | undefined)[],
  isProxy: (address: string) => boolean,
): string {
  let last = near
  for (const station of stations) {
    if (station === undefined) return last
    last = station
    if (!isProxy(station)) return last
  }
  return last
}

/** Without port, brackets and zone; IPv4 as IPv4; undefined for what is no address. */
function plain(text: string): string | undefined {
  const [, bracketed, dotted] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? []
  const address = (bracketed ?? dotted ?? text).replace(/%.*$/, '').toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1]
  const found = mapped ?? address
  return isIP(found) ? found : undefined
}
