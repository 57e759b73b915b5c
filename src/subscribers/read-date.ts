const form =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ]+(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?(?:\s+(?:[A-Z]{2,5}|[+-]\d{4}))?)?$/

/**
 * An instant as exports write it: ISO 8601, with a space for the T, an offset or none (UTC then), as Go prints it
 * (`2024-01-27 11:43:55.12 +0000 UTC`), or seconds since 1970. Dates such as 03/04/2024 mean two days, and are none.
 */
export function readDate(text: string): Date | undefined {
  if (/^1\d{9}(?:\d{3})?$/.test(text)) {
    return new Date(text.length === 10 ? Number(text) * 1000 : Number(text))
  }
  const [, year, month, day, hour = '00', minute = '00', second = '00', part = '', zone = 'Z'] =
    form.exec(text) ?? []
  if (year === undefined) return undefined
  const offset = /^[+-]/.test(zone) ? zone : 'Z'
  const instant = new Date(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${part.slice(0, 3).padEnd(3, '0')}${offset.replace(/(\d\d)(\d\d)$/, '$1:$2')}`,
  )
  // Date makes 2 March of 30 February
  const isDay =
    new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
  return Number.isNaN(instant.getTime()) || !isDay ? undefined : instant
}
