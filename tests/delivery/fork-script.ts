import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'

/** Runs a script of this folder as a process of its own. It keeps its code compiled, which takes half of such a run. */
export function forkScript(name: string, args: readonly string[]): ChildProcess {
  const cache = join(import.meta.dirname, '../../node_modules/.cache/tidings')
  return fork(join(import.meta.dirname, name), args, {
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  })
}
