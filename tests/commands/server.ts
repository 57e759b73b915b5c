import { start } from './cli.ts'

/** The real program, listening on a free port. */
export async function startServer(folder: string, args: readonly string[] = []) {
  const { child, ended } = start(['serve', '-C', folder, '--port', '0', ...args])
  const origin = await new Promise<string>((done, fail) => {
    let said = ''
    child.stderr?.on('data', (data) => {
      said += data
      const [, found] = /^Listening on (http:\/\/127\.0\.0\.1:\d+)\//m.exec(said) ?? []
      if (found) done(found)
    })
    void ended.then(({ stderr }) => fail(new Error(stderr)))
  })
  return {
    origin,
    /** As a proxy in front of it passes a request on. */
    ask: (url: string, init?: RequestInit) => fetch(origin + new URL(url).pathname, init),
    async stop() {
      child.kill('SIGTERM')
      return ended
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
