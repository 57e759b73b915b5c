import { getCompileCacheDir } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Job, Threads } from './threads.ts'

/** More would wait for the file system, and for the one thread that puts together what they have read. */
const most = 3

export function openThreads(count = Math.min(most, availableParallelism() - 1)): Threads {
  let threads: readonly Thread[] | undefined
  const start = () => {
    threads ??= Array.from({ length: count }, startThread)
    return threads
  }
  return {
    start: () => void start(),
    ask: (job) => start().map((thread) => thread.ask(job)),
    [Symbol.dispose]() {
      for (const thread of threads ?? []) thread.end()
    },
  }
}

/** @returns undefined where the system gives no thread */
function newWorker(file: URL, workerData: unknown): Worker | undefined {
  try {
    return new Worker(file, { workerData })
  } catch {
    return undefined
  }
}

interface Thread {
  ask<Done>(job: Job): Promise<Done | undefined>
  end(): void
}

function startThread(): Thread {
  // Compiled, it stands where it does here
  const file = new URL(`../thread${extname(import.meta.url)}`, import.meta.url)
  const cache = getCompileCacheDir()
  const compiled = cache && dirname(cache)
  const worker = newWorker(file, { compiled })
  if (!worker) return { ask: async () => undefined, end: () => undefined }
  // Nobody waits for one that was never asked
  worker.unref()
  // Answers come in the order of the jobs
  const waiting: ((done: unknown) => void)[] = []
  let isOver = false
  worker.on('message', (done: unknown) => {
    waiting.shift()?.(done)
    if (waiting.length === 0) worker.unref()
  })
  const fail = () => {
    isOver = true
    for (const resolve of waiting.splice(0)) resolve(undefined)
  }
  worker.on('error', fail).on('exit', fail)
  return {
    ask: <Done>(job: Job) =>
      new Promise<Done | undefined>((resolve) => {
        if (isOver) return resolve(undefined)
        waiting.push((done) => resolve(done as Done | undefined))
        worker.ref()
        worker.postMessage(job)
      }),
    end: () => void worker.terminate(),
  }
}
