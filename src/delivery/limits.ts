/** What a publisher allows one recipient domain; absent: no limit of its own. */
export interface DomainLimit {
  /** messages a second, above 0 */
  readonly ratePerSecond?: number
  /** messages in flight at once, at least 1 */
  readonly connections?: number
}

/** Limits by domain. Domains that share one provider share one limit, under the name of the first. */
export interface DomainLimits {
  /** the name under which a domain's messages are counted */
  keyOf(domain: string): string
  of(key: string): DomainLimit | undefined
  /** no domain has any */
  readonly isEmpty: boolean
}

/** What one name in the configuration covers: one domain, or several parted by commas. */
export function domainsOf(name: string): readonly string[] {
  return name.split(',').map((domain) => domain.trim().toLowerCase())
}

/** @param given by domain, by domains parted by commas, or by `*`: each of those that are not named */
export function domainLimits(given: Readonly<Record<string, DomainLimit>>): DomainLimits {
  const keys = new Map<string, string>()
  const limits = new Map<string, DomainLimit>()
  for (const [name, limit] of Object.entries(given)) {
    const [first = name, ...others] = domainsOf(name)
    limits.set(first, limit)
    for (const domain of others) keys.set(domain, first)
  }
  const others = limits.get('*')
  return {
    keyOf: (domain) => keys.get(domain) ?? domain,
    of: (key) => limits.get(key) ?? others,
    isEmpty: limits.size === 0,
  }
}
