/** `npm run bench -- NAME …`: prints tables for people; nothing here is a test. */
const benches: Readonly<
  Record<string, () => Promise<{ run(args: readonly string[]): Promise<void> }>>
> = {
  build: () => import('./build.ts'),
  chaos: () => import('./chaos.ts'),
  senders: () => import('./senders.ts'),
  send: () => import('./send.ts'),
  memory: () => import('./memory.ts'),
  compose: () => import('./compose.ts'),
  serve: () => import('./serve.ts'),
  import: () => import('./import.ts'),
}

const [name = '', ...args] = process.argv.slice(2)
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined
if (bench) {
  await (await bench()).run(args)
} else {
  process.stderr.write(`Usage: npm run bench -- ${Object.keys(benches).join('|')} …\n`)
  process.exitCode = 2
}
