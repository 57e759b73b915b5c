import { enableCompileCache } from 'node:module'
import { workerData } from 'node:worker_threads'

// A thread's code is compiled once, too: see main.ts
enableCompileCache(workerData.compiled)
await import('./thread-work.ts')
