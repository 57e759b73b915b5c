import { parse, TomlDate, TomlError } from 'smol-toml'
import { FrontMatterError, type Table, type Value } from './front-matter.ts'

/**
 * Reads a TOML block with every scalar as text; dates as they were written, without a zone where they had none.
 *
 * @throws {FrontMatterError} for what is no TOML
 */
export function parseToml(block: string): Table {
  try {
    return toTable(parse(block, { integersAsBigInt: 'asNeeded' }))
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new FrontMatterError(1, 'the front matter is too deep; write its tables flat', {
        cause,
      })
    }
    if (!(cause instanceof TomlError)) throw cause
    const reason = (cause.message.split('\n')[0] ?? '').replace(/^Invalid TOML document:\s*/, '')
    throw new FrontMatterError(
      cause.line,
      `this is no TOML: ${reason}; mend the line, text stands in "quotes"`,
      { cause },
    )
  }
}

function toTable(object: object): Table {
  return new Map(Object.entries(object).map(([key, value]) => [key, toValue(value)]))
}

function toValue(value: unknown): Value {
  if (value instanceof TomlDate) return value.toISOString()
  if (Array.isArray(value)) return value.map(toValue)
  if (typeof value === 'object' && value !== null) return toTable(value)
  return String(value)
}
