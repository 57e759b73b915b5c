import { setFlagsFromString } from 'node:v8'

/**
 * For a run of a second: TurboFan, the slowest of V8's compilers, makes the best code, and is busy in all threads until
 * the run is over. Maglev's is nearly as good and there at once. Before the work begins. (docs/decisions/0072)
 */
export function compileForShortRun(): void {
  setFlagsFromString('--no-turbofan')
}
