/** What a delivery status notification says of one recipient (RFC 3464 §2.3). */
export interface RecipientStatus {
  /** `failed`, `delayed`, `delivered`, `relayed`, `expanded`, or empty */
  readonly action: string
  /** `5.1.1`, or empty */
  readonly status: string
  /** the words of the mail system that refused it, or empty */
  readonly diagnostic: string
  /** addresses by which the recipient went, in any order */
  readonly recipients: readonly string[]
  readonly at?: Date
}

/** Our messages have one recipient; behind that one there may be several. */
const mostRecipients = 20

/**
 * Reads a part of type message/delivery-status, or message/global-delivery-status (RFC 6533). Groups are told apart by
 * what is in them: many systems write too few empty lines, or too many.
 */
export function readDeliveryStatus(text: string): readonly RecipientStatus[] {
  const groups: Map<string, string>[] = []
  let group = new Map<string, string>()
  let isNew = true
  for (const line of unfold(text)) {
    if (line.trim() === '') {
      isNew = true
      continue
    }
    const [, name = '', value = ''] = /^([\w-]{1,50})\s*:\s*(.*)$/.exec(line) ?? []
    const key = name.toLowerCase()
    if (group.has(key) && (isNew || key === 'final-recipient' || key === 'original-recipient')) {
      groups.push(group)
      group = new Map()
    }
    isNew = false
    if (key !== '' && !group.has(key)) group.set(key, value.trim())
    if (groups.length === mostRecipients) break
  }
  return [...groups, group].filter(isOfRecipient).map(toStatus)
}

function isOfRecipient(group: ReadonlyMap<string, string>): boolean {
  return ['final-recipient', 'original-recipient', 'action', 'status'].some((key) => group.has(key))
}

function toStatus(group: ReadonlyMap<string, string>): RecipientStatus {
  const get = (key: string) => group.get(key) ?? ''
  const named = ['final-recipient', 'original-recipient', 'x-actual-recipient', 'x-original-to']
  const date = new Date(get('last-attempt-date') || get('arrival-date'))
  return {
    action: /^[a-z]+/.exec(get('action').toLowerCase())?.[0] ?? '',
    status: /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(get('status'))?.[0] ?? '',
    diagnostic: get('diagnostic-code').replace(/^[\w-]{1,30}\s*;\s*/, ''),
    recipients: named.flatMap((key) => readAddressField(get(key)) ?? []),
    ...(Number.isNaN(date.getTime()) ? {} : { at: date }),
  }
}

/** `rfc822; ann@example.org`, `utf-8; zo\x{EB}@example.org` (RFC 6533 §3). */
function readAddressField(value: string): string | undefined {
  const bare = value
    .replace(/^[\w-]{1,30}\s*;\s*/, '')
    .replace(/\\x\{([0-9A-F]{2,6})\}/gi, (_, hex) => {
      const code = Number.parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD'
    })
  const address = /<([^<>]+)>/.exec(bare)?.[1] ?? bare
  return address.includes('@') ? address.trim().toWellFormed() : undefined
}

function unfold(text: string): string[] {
  return text.replace(/\r?\n[ \t]+(?=\S)/g, ' ').split(/\r?\n/)
}
