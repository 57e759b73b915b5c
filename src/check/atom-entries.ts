import { needsSummary } from './atom-text.ts'
import { linksOf, relationOf } from './links.ts'
import { type Notes, show } from './notes.ts'
import { attribute, child } from './rules.ts'
import type { XmlElement } from './xml-tree.ts'

/** An entry has to lead somewhere or say something (RFC 4287 §4.1.2). */
export function checkBody(entry: XmlElement, notes: Notes) {
  const [body, summary] = [child(entry, 'content'), child(entry, 'summary')]
  const alternate = linksOf(entry).some((one) => relationOf(one) === 'alternate')
  if (!body && !alternate)
    notes.error(
      'content-missing',
      entry.at,
      '<entry> has neither content nor an alternate link; add one',
    )
  else if (!body && !summary)
    notes.warn('content-missing', entry.at, '<entry> has neither content nor summary; add one')
  if (body && !summary && needsSummary(body))
    notes.error(
      'summary-missing',
      body.at,
      '<entry> needs a <summary>, as its content is elsewhere; add one',
    )
}

/** Of alternates, one for each type and language (RFC 4287 §4.1.1). */
export function checkAlternates(parent: XmlElement, notes: Notes) {
  const seen = new Set<string>()
  for (const one of linksOf(parent).filter((each) => relationOf(each) === 'alternate')) {
    const key = `${attribute(one, 'type') ?? ''} ${attribute(one, 'hreflang') ?? ''}`.toLowerCase()
    if (seen.has(key)) {
      const remedy = 'keep one, or tell them apart by type and hreflang'
      notes.error(
        'link-duplicate',
        one.at,
        `<${parent.name}> has two such alternate links; ${remedy}`,
      )
    }
    seen.add(key)
  }
}

/** Identities that readers would mistake for one another. */
export function checkIdentities(root: XmlElement, entries: readonly XmlElement[], notes: Notes) {
  const own = child(root, 'id')?.text
  const seen = new Map<string, Set<string>>()
  for (const entry of entries) {
    const element = child(entry, 'id')
    if (!element) continue
    const { text: id, at } = element
    const updated = child(entry, 'updated')?.text ?? ''
    const dates = seen.get(id)
    if (dates?.has(updated))
      notes.error('id-duplicate', at, `id ${show(id)} stands in two entries; give each its own`, {
        item: id,
      })
    else if (dates)
      notes.warn('id-duplicate', at, `id ${show(id)} stands in two entries; keep the newer one`, {
        item: id,
      })
    else if (id === own)
      notes.warn('id-duplicate', at, 'the entry has the id of the feed; give it its own', {
        item: id,
      })
    seen.set(id, (dates ?? new Set()).add(updated))
  }
}
