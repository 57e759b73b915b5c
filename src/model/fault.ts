/**
 * What an operator can cause and mend. Everything else that is thrown is a bug of ours and keeps its stack.
 *
 * - `usage`: the command line is wrong
 * - `config-invalid`: the configuration is wrong
 * - `content-invalid`: an article, template or subscriber list is wrong
 * - `conflict`: somebody else holds what is needed (a second sender on a store that cannot be shared)
 * - `unavailable`: relay, store or network out of reach; nothing is lost, run it again
 * - `interrupted`: the operator stopped us; what was in flight has been settled
 */
export type FaultCode =
  | 'usage'
  | 'config-invalid'
  | 'content-invalid'
  | 'conflict'
  | 'unavailable'
  | 'interrupted'

/** A foreseen failure: its message names the place and the remedy, and is shown without a stack. */
export class Fault extends Error {
  readonly code: FaultCode

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Fault'
    this.code = code
  }
}

/** Where a fault of ours happened, for a log: its message might quote what a reader sent. */
export function traceOf(error: unknown): string {
  const { name, stack = '' } = error instanceof Error ? error : { name: String(error) }
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return `this is a fault of tidings itself; please report it: ${[name, ...frames].join('\n')}`
}
