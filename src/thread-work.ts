import { parentPort } from 'node:worker_threads'
import { doRead, doRender } from './content/do-jobs.ts'
import type { ReadJob, RenderJob } from './content/thread-jobs.ts'
import type { PagesJob } from './pages/pages-job.ts'

type AnyJob = ReadJob | RenderJob | PagesJob

let last = Promise.resolve()

// One job after the other, each answered
parentPort?.on('message', (job: AnyJob) => {
  last = last.then(async () => {
    parentPort?.postMessage(await answer(job))
    if (job.kind === 'read') loadRest()
  })
})

async function answer(job: AnyJob): Promise<unknown> {
  switch (job.kind) {
    case 'read':
      return doRead(job)
    case 'render':
      return doRender(job)
    case 'pages':
      return (await import('./pages/pages-job.ts')).doPages(job)
  }
}

/** What jobs to come will need, while nobody waits. */
function loadRest(): void {
  void import('./content/render.ts')
  void import('./pages/pages-job.ts')
}
