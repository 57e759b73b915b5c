import { createHmac } from 'node:crypto'
import { addressKey, domainOf } from '../mail/address.ts'

/** Domains at which very many people have their mailbox. */
const everybodys: ReadonlySet<string> = new Set(
  `gmail.com yahoo.com ymail.com aol.com outlook.com hotmail.com live.com msn.com icloud.com me.com mac.com
  gmx.de gmx.net gmx.at gmx.com web.de t-online.de freenet.de posteo.de mailbox.org mail.com mail.ru yandex.ru
  yandex.com proton.me fastmail.com zoho.com orange.fr wanadoo.fr free.fr sfr.fr laposte.net libero.it
  comcast.net verizon.net att.net btinternet.com qq.com 163.com 126.com naver.com daum.net`.split(
    /\s+/,
  ),
)

const aliases: Readonly<Record<string, string>> = {
  'googlemail.com': 'gmail.com',
  'protonmail.com': 'proton.me',
  'pm.me': 'proton.me',
}

/**
 * The mailbox in which mail to an address probably ends, for counting only: `A.nn+x@googlemail.com` is
 * `ann@gmail.com`. What stands after a `+` is left out everywhere, since most systems know that as a tag of one mailbox.
 */
export function mailboxOf(address: string): string {
  const key = addressKey(address)
  const given = domainOf(key)
  const own = /^([^.]+)\.fastmail\.com$/.exec(given)?.[1]
  if (own) return `${own}@fastmail.com`
  const domain = Object.hasOwn(aliases, given) ? (aliases[given] ?? given) : given
  const local = key.slice(0, key.length - given.length - 1)
  const plain = local.replace(/(?<=.)\+.*$/s, '')
  return `${withoutMarks(plain, domain)}@${domain}`
}

/** Marks that a provider takes for nothing, and tags that it cuts off. */
function withoutMarks(local: string, domain: string): string {
  const cut =
    domain === 'gmail.com'
      ? local.replaceAll('.', '')
      : domain === 'proton.me'
        ? local.replace(/[._-]/g, '')
        : /^(?:yahoo|ymail)\./.test(domain)
          ? local.replace(/(?<=.)-.*$/s, '')
          : local
  return cut === '' ? local : cut
}

/** Whether so many people have their mailbox at a domain that nothing follows from how many of them ask. */
export function isEverybodys(domain: string): boolean {
  return everybodys.has(domain) || /^(?:yahoo|hotmail|outlook|live)\.[a-z.]{2,6}$/.test(domain)
}

/** What messages to the mailbox of an address, and to its domain, are counted by. Nobody without the key can tell whose it is. */
export function mailCounters(
  address: string,
  key: string,
): { readonly mailbox: string; readonly domain?: string } {
  const mailbox = mailboxOf(address)
  const domain = domainOf(mailbox)
  return {
    mailbox: seal(key, `mailbox ${mailbox}`),
    ...(!isEverybodys(domain) && { domain: seal(key, `domain ${domain}`) }),
  }
}

function seal(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}
