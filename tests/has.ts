import { spawnSync } from 'node:child_process'

/**
 * Whether something that we did not write is there for a test to ask; a test that needs it is skipped otherwise.
 * With TIDINGS_TEST_NONE_SKIPPED set, as in .ci/run, it has to be there.
 *
 * @param args of a call that ends with 0 when all is well
 */
export function has(program: string, ...args: readonly string[]): boolean {
  const found = spawnSync(program, args, { stdio: 'ignore' }).status === 0
  if (!found && process.env.TIDINGS_TEST_NONE_SKIPPED) {
    throw new Error(`${program} ${args.join(' ')}: fails, and no test may be skipped here`)
  }
  return found
}
