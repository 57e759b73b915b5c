import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/longest-first.ts'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/global-setup.ts',
    // Most tests wait for servers and other processes: more at a time than cores keep these from idling
    maxWorkers: availableParallelism() + 1,
    // No file changes what others see (modules, environment): they share what is loaded and compiled
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
