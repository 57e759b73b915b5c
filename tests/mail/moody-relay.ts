import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What it may answer in place of the usual, with how often: an empty reply hangs up. */
const moods = {
  greeting: [
    [10, '450 4.3.1 not now'],
    [4, '421 4.3.2 too many of you'],
    [0.5, ''],
    [0.05, '554 5.3.2 go away'],
  ],
  ehlo: [
    [10, '451 4.3.0 not now'],
    [1, '421 4.3.2 closing'],
    [0.5, ''],
  ],
  mail: [
    [10, '451 4.3.0 try again'],
    [0.3, ''],
    [0.2, 'what?'],
    [0.1, '421 4.3.2 closing'],
    [0.02, '550 5.7.1 we do not know you'],
  ],
  rcpt: [
    [10, '450 4.2.1 busy mailbox'],
    [2, '550 5.1.1 no such user'],
    [1, '452-4.2.2 full,\r\n452 4.2.2 as it says'],
    [1, `550 5.2.1 ${'x'.repeat(65_536)}`],
    [1, ''],
    [0.1, '421 4.7.0 slow down'],
  ],
  data: [
    [10, '451 4.3.0 local error'],
    [0.3, ''],
    [0.2, 'Hm'],
    [0.1, '421 4.3.2 closing'],
  ],
  dot: [
    [10, '451 4.5.0 try again'],
    [2, '554 5.6.0 not this one'],
    [2, ''],
    [1, 'Yes and no'],
    [0.1, '421 4.3.2 closing'],
  ],
} as const satisfies Record<string, readonly (readonly [often: number, reply: string])[]>

type Stage = keyof typeof moods

export interface MoodyRelay extends AsyncDisposable {
  readonly url: string
  /** how often it took a message for an address: it said so, or kept it and hung up or talked nonsense */
  readonly taken: ReadonlyMap<string, number>
  /** whose message it had all of when it hung up or talked nonsense, kept or not */
  readonly unanswered: ReadonlySet<string>
  /** how often it misbehaved */
  readonly moods: number
}

/**
 * A relay on loopback that fails at every stage with the same chance: refuses, hangs up, makes no sense, also in the midst of a
 * message and after its end, where it has kept it or not. Some sessions offer PIPELINING; replies may come in pieces.
 *
 * @param random in [0, 1)
 * @param whenTaken called right after it has taken a message, and before it says so
 */
export async function startMoodyRelay(
  random: () => number,
  { chance = 0.1, whenTaken = () => {} }: { chance?: number; whenTaken?: () => void } = {},
): Promise<MoodyRelay> {
  const taken = new Map<string, number>()
  const unanswered = new Set<string>()
  const sockets = new Set<Socket>()
  let count = 0

  /** @returns undefined: it is in no mood */
  function moodAt(stage: Stage): string | undefined {
    if (random() >= chance) return undefined
    count += 1
    const choices = moods[stage]
    let rest = random() * choices.reduce((sum, [often]) => sum + often, 0)
    for (const [often, reply] of choices) {
      rest -= often
      if (rest < 0) return reply
    }
    return ''
  }

  function take(address: string): void {
    taken.set(address, (taken.get(address) ?? 0) + 1)
    whenTaken()
  }

  function converse(socket: Socket): void {
    const isPipelining = random() < 0.7
    let buffer = ''
    let recipient: string | undefined
    let inData = false
    /** after so many octets of a message it hangs up */
    let patience = Number.POSITIVE_INFINITY

    let unsaid = ''

    function say(reply: string): void {
      unsaid += `${reply}\r\n`
      const now = random() < 0.1 ? Math.ceil(unsaid.length / 2) : unsaid.length
      socket.write(unsaid.slice(0, now))
      unsaid = unsaid.slice(now)
      if (unsaid !== '') setImmediate(sayRest)
    }

    function sayRest(): void {
      if (socket.writable) socket.write(unsaid)
      unsaid = ''
    }

    function hangUp(): void {
      sayRest()
      socket.end()
    }

    /** @returns what it said */
    function answer(stage: Stage, usual: string): string {
      const reply = moodAt(stage) ?? usual
      if (reply === '') socket.destroy()
      else say(reply)
      if (reply.startsWith('421')) hangUp()
      return reply
    }

    function command(line: string): void {
      const [, verb = '', path = ''] =
        /^(EHLO|HELO|MAIL FROM|RCPT TO|DATA|RSET|QUIT)[: ]?(?:<(.*?)>)?/i.exec(line) ?? []
      switch (verb.toUpperCase()) {
        case 'EHLO':
          answer('ehlo', isPipelining ? '250-relay.test\r\n250 PIPELINING' : '250 relay.test')
          break
        case 'MAIL FROM':
          recipient = undefined
          answer('mail', '250 2.1.0 sender ok')
          break
        case 'RCPT TO':
          if (answer('rcpt', '250 2.1.5 recipient ok').startsWith('250 2')) recipient = path
          break
        case 'DATA':
          // Some let go on who has nobody to write to.
          if (recipient === undefined && random() < 0.5) say('503 5.5.1 to whom?')
          else inData = answer('data', '354 go ahead').startsWith('354')
          if (inData && random() < chance / 50) patience = random() * 20_000
          break
        case 'QUIT':
          say('221 2.0.0 bye')
          hangUp()
          break
        default:
          say(/^(HELO|RSET)/i.test(verb) ? '250 2.0.0 ok' : '500 5.5.2 what?')
      }
    }

    function content(): void {
      inData = false
      const address = recipient
      recipient = undefined
      if (address === undefined) {
        say('554 5.5.1 no valid recipients')
        return
      }
      const mood = moodAt('dot')
      const isAnswer = mood === undefined || /^[45]\d\d /.test(mood)
      if (!isAnswer) unanswered.add(address)
      if (mood === undefined || (!isAnswer && random() < 0.5)) take(address)
      if (mood === '') socket.destroy()
      else say(mood ?? '250 2.0.0 queued')
      if (mood?.startsWith('421') || random() < 0.002) hangUp()
    }

    if (answer('greeting', '220 relay.test ESMTP') === '') return
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1')
      while (!socket.destroyed) {
        // An empty message has its dot at its very start.
        const isEmpty = inData && buffer.startsWith('.\r\n')
        const mark = inData && !isEmpty ? '\r\n.\r\n' : '\r\n'
        const end = buffer.indexOf(mark)
        if (inData && (end < 0 ? buffer.length : end) > patience) return void socket.destroy()
        if (end < 0) return
        const line = buffer.slice(0, end)
        buffer = buffer.slice(end + mark.length)
        if (inData) content()
        else command(line)
      }
    })
  }

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    converse(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    unanswered,
    get moods() {
      return count
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface Fates {
  readonly twice: readonly string[]
  /** neither mailed nor refused, nor said to be uncertain */
  readonly missed: readonly string[]
  /** mailed, and not said to be; or said to be, and not mailed */
  readonly lied: readonly string[]
  readonly uncertain: readonly string[]
}

/** Compares what the ledger says in the end with what the relay took. */
export function fatesOf(
  { taken }: MoodyRelay,
  deliveries: readonly { readonly address: string; readonly state: string }[],
): Fates {
  const of = (state: string) => deliveries.filter((one) => one.state === state)
  const names = (list: typeof deliveries) => list.map(({ address }) => address)
  const isTaken = ({ address }: { address: string }) => taken.has(address)
  const settled = new Set(['submitted', 'rejected', 'uncertain'])
  return {
    twice: [...taken].filter(([, times]) => times > 1).map(([address]) => address),
    missed: names(deliveries.filter(({ state }) => !settled.has(state))),
    lied: names([
      ...of('submitted').filter((one) => !isTaken(one)),
      ...of('rejected').filter(isTaken),
    ]),
    uncertain: names(of('uncertain')),
  }
}

/** A generator of numbers in [0, 1): the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
