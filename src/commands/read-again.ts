import { ChangedWhileRead } from '../content/lazy-body.ts'

/** Somebody who saves more often than this writes by machine. */
const most = 3

/**
 * Works on the content, and once more when an article was saved between the moment at which it was read and that at which its
 * text was needed. What the work has written by then is written again.
 *
 * @throws {ChangedWhileRead} when that happens again and again
 */
export async function readAgain<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ChangedWhileRead) || tries === most) throw error
    }
  }
}
