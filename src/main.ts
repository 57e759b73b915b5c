#!/usr/bin/env node
const oldest = 24

// Nothing is imported before it is known that this Node has it.
if (Number.parseInt(process.versions.node, 10) >= oldest) await start()
else {
  process.exitCode = 2
  process.stderr.write(
    `tidings needs Node ${oldest} or newer, and this is ${process.versions.node}; get it from https://nodejs.org/\n`,
  )
}

async function start(): Promise<void> {
  const { enableCompileCache } = await import('node:module')
  const { homedir } = await import('node:os')
  const { isAbsolute, join } = await import('node:path')

  // Compiling takes longer than most runs. The cache has to be the user's own: who writes to it writes our code.
  const named = process.env.XDG_CACHE_HOME ?? ''
  enableCompileCache(join(isAbsolute(named) ? named : join(homedir(), '.cache'), 'tidings'))

  const { runCommandLine } = await import('./command-line.ts')
  await runCommandLine(process.argv.slice(2), process.env)
}
