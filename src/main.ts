#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

// Compiling takes longer than most runs. The cache has to be the user's own: who writes to it writes our code.
const named = process.env.XDG_CACHE_HOME ?? ''
enableCompileCache(join(isAbsolute(named) ? named : join(homedir(), '.cache'), 'tidings'))

const { runCommandLine } = await import('./command-line.ts')
await runCommandLine(process.argv.slice(2), process.env)
