import type { Option } from './command.ts'
import { readDuration } from './duration.ts'

export const overOption: Option = {
  type: 'string',
  value: 'TIME',
  help: 'spread what is left evenly over 90m, 6h or 1d; kept with the edition until it is done; 0 lifts it',
}

/** @throws {Fault} 'usage' */
export function readOver(value: unknown): { readonly over?: number } {
  return typeof value === 'string' ? { over: readDuration('--over', value) } : {}
}
