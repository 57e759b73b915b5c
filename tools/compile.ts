/**
 * Makes dist/ for the published package: compiled JavaScript, types, and the SQL files that stand beside the code.
 * The repository itself runs its sources as they are.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')],
  { stdio: ['ignore', 'inherit', 'inherit'], cwd: root },
)
for (const file of globSync('**/*.sql', { cwd: join(root, 'src') })) {
  cpSync(join(root, 'src', file), join(root, 'dist', file))
}
chmodSync(join(root, 'dist/main.js'), 0o755)
