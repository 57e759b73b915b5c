import { join } from 'node:path'
import { mailKeeper } from '../bounces/keep-mail.ts'
import { ownAddresses } from '../bounces/own-addresses.ts'
import { takeIn } from '../bounces/take-in.ts'
import type { Config } from '../config.ts'
import { Fault } from '../model/fault.ts'
import type { Store } from '../store/store.ts'
import { unreadFolder } from './bounces.ts'
import type { Context, Values } from './command.ts'

/** Where mail that comes back is taken. */
export interface BounceDoor {
  readonly host: string
  readonly port: number
  readonly lmtp: boolean
}

/**
 * Reads where mail is to be taken from the command line, then from the configuration.
 *
 * @returns undefined when nowhere
 * @throws {Fault} 'usage' for what is no port, or LMTP with nowhere to speak it
 */
export function bounceDoor(
  { bounces, lmtp }: Values,
  { server }: Config,
  host: string,
): BounceDoor | undefined {
  const given = bounces === undefined ? undefined : Number(bounces)
  const isPort = given === undefined || (/^\d{1,5}$/.test(String(bounces)) && given <= 65_535)
  if (!isPort) {
    throw new Fault('usage', `--bounces ${bounces}: expected a whole number from 0 to 65535`)
  }
  const port = given ?? server.bounces
  if (port !== undefined) return { host, port, lmtp: lmtp === true || server.lmtp }
  if (lmtp) throw new Fault('usage', '--lmtp: name the port, too: --bounces PORT')
  return undefined
}

/**
 * Takes mail that comes back (SMTP or LMTP): what is understood is done, what is not is kept for somebody to read.
 *
 * @throws {Fault} 'config-invalid' without a newsletter: nothing comes back then
 */
export async function listenForBounces(
  { file, root, newsletter }: Config,
  { clock, progress }: Context,
  store: Store,
  door: BounceDoor,
) {
  if (!newsletter) {
    throw new Fault('config-invalid', `${file}: newsletter: missing; without one nothing bounces`)
  }
  const { bounces, from, replyTo } = newsletter
  const keep = mailKeeper(join(root, unreadFolder))
  const { listenForMail } = await import('../bounces/listen.ts')
  const log = (line: string) => progress.note(`${clock().toISOString()} bounces: ${line}`)
  const listening = await listenForMail({
    ...door,
    isForUs: ownAddresses(bounces, [from, replyTo]),
    log,
    async take(bytes, envelope) {
      const taken = await takeIn(store, { bytes, envelope }, clock())
      if (taken.kind === 'unclear') log(`not understood, kept: ${await keep(bytes, envelope)}`)
      else if (taken.kind !== 'told') log(taken.kind)
      else log([taken.what, taken.edition ?? '-', taken.effect].join(' '))
    },
  })
  const protocol = door.lmtp ? 'LMTP' : 'SMTP'
  progress.note(`Taking mail that comes back at ${door.host}:${listening.port} (${protocol})`)
  return listening
}
