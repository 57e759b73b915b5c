import { cleanLine } from './clean.ts'
import type { Field, Fields } from './fields.ts'
import type { Value } from './front-matter.ts'

/**
 * Tags of all given keys, in their order: a text is cut at its commas, a list taken as it is, a table (`taxonomies`)
 * gives its lists. Of two that differ only in case, the first spelling stays.
 */
export function readTags(sources: readonly Field[], fields: Fields): readonly string[] {
  const tags = new Map<string, string>()
  for (const field of sources) {
    for (const tag of namesIn(field.value, field, fields)) {
      const key = tag.toLowerCase()
      if (tag !== '' && !tags.has(key)) tags.set(key, tag)
    }
  }
  return [...tags.values()]
}

function namesIn(value: Value, field: Field, fields: Fields): readonly string[] {
  if (value === null) return []
  if (typeof value === 'string') return value.split(',').map(cleanLine)
  if (value instanceof Map) {
    // Zola's and Hugo's table of taxonomies; any other table is a slip, and its names would be lost
    if (field.name.toLowerCase() !== 'taxonomies') {
      fields.reject(field, `${field.name} must hold names, not a table; write them as a list`)
      return []
    }
    return ['tags', 'categories', 'keywords'].flatMap((name) =>
      namesIn(value.get(name) ?? null, field, fields),
    )
  }
  return (value as readonly Value[]).flatMap((entry) => {
    if (typeof entry === 'string') return [cleanLine(entry)]
    if (entry !== null)
      fields.reject(field, `${field.name} must hold names; write each as plain text`)
    return []
  })
}
