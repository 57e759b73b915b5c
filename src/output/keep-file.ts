import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Replaces a file that may be done without, whole: where nothing can be written, nothing is kept. */
export function keepFile(path: string, contents: string | Uint8Array): void {
  const draft = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(draft, contents)
    renameSync(draft, path)
  } catch {
    forget(draft)
  }
}

function forget(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Nor could it be made
  }
}
