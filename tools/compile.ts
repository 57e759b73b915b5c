/**
 * Makes dist/ for the published package: types, the SQL files that stand beside the code, and the code in a few files
 * (docs/decisions/0030), since a hundred small ones take Node longer to load than most runs take. The repository itself
 * runs its sources as they are.
 */
import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { chmodSync, cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Plugin, rolldown } from 'rolldown'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const src = join(root, 'src')
const dist = join(root, 'dist')

/** Libraries that every build needs, in JavaScript alone; the others are loaded from where npm has put them. */
const bundled = [
  ...['feed', 'xml-js', 'sax', 'htmlparser2', 'domelementtype', 'domhandler', 'domutils'],
  ...['dom-serializer', 'entities', 'liquidjs', 'luxon', 'satteri', 'smol-toml', 'yaml'],
]

/** Each module goes on believing that it stands where its source does: templates and SQL are found from there. */
const inPlace: Plugin = {
  name: 'in-place',
  transform(code, id) {
    if (!code.includes('import.meta.') || !id.startsWith(root)) return null
    const own = relative(src, id).split(sep).join('/').replace(/\.ts$/, '.js')
    const url = own.startsWith('..')
      ? // The native half of a library stays with it
        `import.meta.resolve('${packageOf(id)}')`
      : `new URL('./${own}', import.meta.url).href`
    return code.replaceAll('import.meta.url', url)
  },
}

/**
 * What Node itself brings is taken from it piece by piece: `import` reads everything that a module exports, and the half
 * of it is made only when it is read (the streams of node:fs, all of WebCrypto).
 */
const inPieces: Plugin = {
  name: 'in-pieces',
  renderChunk: (code) =>
    code.replace(
      /^import \{([^}]*)\} from ["']((?:node:)?[a-z_/]+)["'];?$/gm,
      (whole, names: string, from: string) =>
        isBuiltin(from) && from !== 'node:module'
          ? `const {${names.replaceAll(' as ', ': ')}} = process.getBuiltinModule('${from}')`
          : whole,
    ),
}

rmSync(dist, { recursive: true, force: true })
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')],
  { stdio: ['ignore', 'inherit', 'inherit'], cwd: root },
)
const bundle = await rolldown({
  input: {
    main: join(src, 'main.ts'),
    index: join(src, 'index.ts'),
    thread: join(src, 'thread.ts'),
  },
  platform: 'node',
  checks: { ineffectiveDynamicImport: false },
  plugins: [inPlace, inPieces],
  external: (id) => !/^[./]/.test(id) && !/^[a-z]:/i.test(id) && !isBundled(id),
  transform: { define: { TIDINGS_COMPILED: JSON.stringify(stateOfSources()) } },
})
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  chunkFileNames: '[name]-[hash].js',
  // What is loaded together stands together
  codeSplitting: {
    groups: [
      {
        name: 'read',
        test: /src[/\\](?:thread-work|content[/\\]read-all)\.ts$/,
        priority: 4,
      },
      { name: 'tidings', test: /src[/\\](?:command-line|commands[/\\]build)\.ts$/, priority: 3 },
      {
        name: 'render',
        test: /src[/\\](?:content[/\\]render|feeds[/\\]feed-files)\.ts$/,
        priority: 2,
      },
      { name: 'pages', test: /src[/\\]pages[/\\]page-files\.ts$/, priority: 1 },
    ],
  },
})
writeFileSync(
  join(dist, 'licences.txt'),
  licencesOf(output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))),
)
for (const file of globSync('**/*.sql', { cwd: src })) cpSync(join(src, file), join(dist, file))
chmodSync(join(dist, 'main.js'), 0o755)

function isBundled(id: string): boolean {
  return id.startsWith('#') || bundled.some((name) => id === name || id.startsWith(`${name}/`))
}

function packageOf(id: string): string {
  return /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(id)?.[1] ?? ''
}

/** One text for all that is compiled: what a build keeps is of no use to another program. */
function stateOfSources(): string {
  const files = ['package-lock.json', 'tools/compile.ts', ...globSync('src/**/*', { cwd: root })]
  const states = files
    .filter((file) => /\.[a-z]+$/.test(file))
    .sort()
    .map((file) => `${file} ${hash('sha256', readFileSync(join(root, file)))}`)
  return hash('sha256', states.join('\n'))
}

/** Whoever passes a library on passes on its licence. */
function licencesOf(modules: readonly string[]): string {
  const packages = new Map(
    modules.flatMap((id) => {
      const [folder = ''] = /.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(id) ?? []
      return folder === '' ? [] : [[packageOf(id), folder] as const]
    }),
  )
  const texts = [...packages].sort().map(([name, folder]) => {
    const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: folder })
    if (file === undefined) throw new Error(`${folder}: has no licence`)
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  })
  return texts.join(`\n${'-'.repeat(72)}\n\n`)
}
