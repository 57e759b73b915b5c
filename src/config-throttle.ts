import { type Check, Wrong } from './config-check.ts'
import { type DomainLimit, domainsOf } from './delivery/limits.ts'
import type { WarmUp } from './delivery/warm-up.ts'
import { parseAddress } from './mail/address.ts'

/** Checks of the keys of `mail` that are tables of their own: what they find wrong names the member. */

const domainMembers: Readonly<Record<keyof DomainLimit, (value: unknown) => string | undefined>> = {
  ratePerSecond: (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= 0.0001
      ? undefined
      : 'a number, 0.0001 or more',
  connections: (value) => wholeNumber(value, 1000),
}

/** `mail.domains` */
export const domains: Check = (value) => {
  if (!isTable(value)) return new Wrong("a table such as { 'gmail.com': { ratePerSecond: 20 } }")
  const seen = new Set<string>()
  const limits: Record<string, DomainLimit> = {}
  for (const [name, limit] of Object.entries(value)) {
    const asked = name === '*' ? ['*'] : domainsOf(name)
    const names = asked.map((one) => (one === '*' ? one : readDomain(one)))
    const bad = asked.find((_, index) => names[index] === undefined)
    if (bad !== undefined || (asked.includes('*') && asked.length > 1)) {
      return new Wrong(`'${name}' to be a domain, several parted by commas, or '*' alone`)
    }
    const twice = names.find((one = '') => seen.has(one))
    if (twice !== undefined) return new Wrong(`${twice} to be named once`)
    for (const one of names) seen.add(one ?? '')
    const wrong = membersOf(limit, domainMembers)
    if (wrong) return new Wrong(`${wrong} in '${name}'`)
    limits[names.join(',')] = limit as DomainLimit
  }
  return limits
}

const warmUpMembers: Readonly<Record<keyof WarmUp, (value: unknown) => string | undefined>> = {
  from: (value) => (isDay(value) ? undefined : 'a day such as 2026-12-01'),
  first: (value) => wholeNumber(value),
  factor: (value) =>
    typeof value === 'number' && value >= 1 && value <= 10 ? undefined : 'a number from 1 to 10',
  days: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((one) => !wholeNumber(one))
      ? undefined
      : 'a list of whole numbers, each 1 or more',
  until: (value) => wholeNumber(value),
}

/** `mail.warmUp` */
export const warmUp: Check = (value) => {
  const example = "{ from: '2026-12-01', first: 500, factor: 1.5, until: 50000 }"
  if (!isTable(value)) return new Wrong(`a table such as ${example}`)
  const wrong = membersOf(value, warmUpMembers)
  if (wrong) return new Wrong(wrong)
  const { from, first, days, factor } = value as Partial<WarmUp>
  if (from === undefined) return new Wrong(`from to be a day, as in ${example}`)
  if ((first === undefined) === (days === undefined)) {
    return new Wrong('either first and factor, or days')
  }
  if (days && factor !== undefined) return new Wrong('no factor beside days')
  return value
}

/** @returns what was expected of the first member that is wrong */
function membersOf(
  value: unknown,
  members: Readonly<Record<string, (value: unknown) => string | undefined>>,
): string | undefined {
  if (!isTable(value)) return `a table of ${Object.keys(members).join(', ')}`
  for (const [name, one] of Object.entries(value)) {
    const check = Object.hasOwn(members, name) ? members[name] : undefined
    if (!check) return `one of ${Object.keys(members).join(', ')}, not ${name},`
    const expected = one === undefined ? undefined : check(one)
    if (expected) return `${name} to be ${expected}`
  }
  return Object.keys(value).length === 0
    ? `at least one of ${Object.keys(members).join(', ')}`
    : undefined
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wholeNumber(value: unknown, most = 1_000_000_000): string | undefined {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most
    ? undefined
    : `a whole number from 1 to ${most}`
}

/** In A-labels, as addresses are kept. */
function readDomain(name: string): string | undefined {
  return parseAddress(`a@${name}`)?.address.slice(2)
}

function isDay(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false
  const day = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)
}
