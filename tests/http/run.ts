import { execFile } from 'node:child_process'

/** Runs a program that we did not write; while it runs, the server in this process goes on. */
export function run(
  program: string,
  args: readonly string[],
  { cwd }: { cwd?: string } = {},
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((done) => {
    execFile(program, args, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      done({ status: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr })
    })
  })
}
