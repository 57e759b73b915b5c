import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** One run of a program: wall-clock seconds and the peak of its resident memory in MB. */
export interface Run {
  readonly seconds: number
  readonly megabytes: number
}

/** Runs a program to its end. @throws when it fails, with what it said */
export function measure(
  program: string,
  args: readonly string[],
  { cwd, env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Run> {
  return new Promise((done, fail) => {
    const started = performance.now()
    const child = spawn(program, [...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (data) => (said += data))
    let peak = 0
    const sampler = setInterval(() => {
      peak = Math.max(peak, residentPeak(child.pid))
    }, 4)
    child.on('error', fail)
    child.on('exit', (code) => {
      const seconds = (performance.now() - started) / 1000
      clearInterval(sampler)
      if (code === 0) done({ seconds, megabytes: peak })
      else fail(new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}`))
    })
  })
}

/** VmHWM never falls, so the last sample before the end is the peak, near enough. */
function residentPeak(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** A table in Markdown. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  process.stdout.write(
    `\n${line(head)}${line(head.map((_, index) => (index === 0 ? '---' : '--:')))}`,
  )
  for (const row of rows) process.stdout.write(line(row))
}
