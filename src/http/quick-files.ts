import type { Asked, FileAnswer } from './answer-file.ts'
import type { OutFile } from './out-file.ts'
import type { Site } from './site.ts'

/**
 * Files that were asked for before, by the target of the request as it was sent: a way around the routes, which have led
 * to them, while they are as they were. Most requests are for the same few feeds.
 */
export interface QuickFiles {
  find(target: string): OutFile | undefined
  remember(target: string, file: OutFile): void
  answer(asked: Asked, file: OutFile): FileAnswer | Promise<FileAnswer>
}

const most = 2_000
const longest = 300

export function quickFiles({ answerFile, log }: Pick<Site, 'answerFile' | 'log'>): QuickFiles {
  const known = new Map<string, WeakRef<OutFile>>()
  return {
    find(target) {
      const file = known.get(target)?.deref()
      if (file?.isCurrent()) return file
      known.delete(target)
      return undefined
    },
    remember(target, file) {
      // Whoever makes up queries finds no room here
      if (target.length > longest || target.includes('?') || !target.startsWith('/')) return
      if (known.size >= most) known.clear()
      known.set(target, new WeakRef(file))
    },
    answer(asked, file) {
      const began = performance.now()
      const noted = (answer: FileAnswer) => {
        const length = Number(answer.headers['Content-Length'] ?? 0)
        log({
          method: asked.method,
          what: encodeURI(file.name),
          status: answer.status,
          ms: Math.round(performance.now() - began),
          bytes: asked.method === 'HEAD' ? 0 : length,
        })
        return answer
      }
      const answer = answerFile(asked, file)
      return answer instanceof Promise ? answer.then(noted) : noted(answer)
    },
  }
}
