// Who may import whom, as a table; every import of every source file is held against it, types included.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { tasks } from '../src-main/engine/tasks/index.ts'
import { describe, expect, it } from 'vitest'

interface Layer {
  /** Other layers that may be imported. */
  layers: string[]
  /** npm packages, by name. */
  packages: string[]
  /** Node's own modules without `node:`; '*' is all of them. */
  builtins: string[]
}

/** A part of the engine with the parts that it may import. Options of cells and of tasks are zod schemas. */
const packagesOf: Record<string, string[]> = { cells: ['zod'], tasks: ['zod'], formats: ['papaparse'] }
const within = (part: string, ...parts: string[]): Record<string, Layer> => ({
  [`src-main/engine/${part}`]: {
    layers: ['src-main/contract', ...parts.map((name) => `src-main/engine/${name}`)],
    packages: packagesOf[part] ?? [],
    builtins: [],
  },
})

/** The longest matching path decides, so a row for a file or folder overrides the row above it, whose files may import it. */
const table: Record<string, Layer> = {
  'src-main/contract': { layers: [], packages: ['zod'], builtins: [] },
  // Inside the engine imports run one way, too; what stands in its folder itself joins the parts.
  'src-main/engine': { layers: ['src-main/contract'], packages: [], builtins: [] },
  ...within('graph'),
  ...within('compile', 'graph'),
  ...within('run', 'graph', 'compile'),
  'src-main/engine/run/native.ts': {
    layers: ['src-main/engine/run', 'src-main/engine/compile', 'src-main/contract', 'native'],
    packages: [],
    builtins: ['module', 'path', 'url', 'fs', 'os'],
  },
  ...within('cells', 'graph'),
  ...within('data', 'run'),
  ...within('nn', 'cells', 'graph', 'run'),
  ...within('generation', 'nn', 'data', 'graph', 'compile', 'run'),
  ...within('optim', 'nn', 'graph', 'compile'),
  ...within('checkpoint/safetensors.ts'),
  ...within('checkpoint/crc.ts'),
  ...within('checkpoint/write.ts', 'checkpoint/safetensors.ts', 'checkpoint/crc.ts'),
  ...within('formats', 'data'),
  ...within(
    'training',
    'optim',
    'generation',
    'nn',
    'cells',
    'data',
    'graph',
    'compile',
    'run',
    'checkpoint/write.ts',
    'checkpoint/safetensors.ts',
  ),
  ...within(
    'tasks',
    'training',
    'optim',
    'generation',
    'nn',
    'cells',
    'data',
    'formats',
    'graph',
    'compile',
    'run',
  ),
  ...within('config.ts', 'tasks'),
  ...within('checkpoint', 'config.ts', 'tasks', 'cells', 'data'),
  ...within(
    'probes',
    'checkpoint',
    'checkpoint/safetensors.ts',
    'tasks',
    'generation',
    'nn',
    'data',
    'graph',
    'compile',
    'run',
  ),
  ...within('openTraining.ts', 'checkpoint', 'tasks', 'training', 'run'),
  ...within('plan.ts', 'tasks', 'training', 'optim', 'nn', 'cells', 'data', 'run'),
  ...within(
    'explain',
    'plan.ts',
    'openTraining.ts',
    'tasks',
    'training',
    'nn',
    'data',
    'graph',
    'compile',
    'run',
    'run/native.ts',
  ),
  // child_process: a lease asks the system about its owner.
  'src-main/store/lease.ts': { layers: [], packages: [], builtins: ['fs', 'crypto', 'child_process'] },
  // store/lease.ts: a file that is being written has its writer in its name.
  'src-main/store/faults.ts': { layers: [], packages: [], builtins: ['worker_threads'] },
  'src-main/store/files.ts': {
    layers: ['src-main/contract', 'src-main/store/lease.ts', 'src-main/store/faults.ts'],
    packages: [],
    builtins: ['fs', 'fs/promises', 'path', 'crypto', 'os'],
  },
  'src-main/store': {
    layers: [
      'src-main/contract',
      'src-main/store/files.ts',
      'src-main/store/lease.ts',
      'src-main/store/faults.ts',
    ],
    packages: ['better-sqlite3'],
    // worker_threads: the integrity check runs beside the app; child_process: the place asks for mounts.
    builtins: [
      'fs',
      'fs/promises',
      'path',
      'crypto',
      'os',
      'url',
      'zlib',
      'worker_threads',
      'child_process',
      'timers/promises',
    ],
  },
  'src-main/jobs': {
    layers: [
      'src-main/contract',
      'src-main/engine',
      'src-main/engine/data',
      'src-main/engine/run',
      'src-main/engine/tasks',
      'src-main/engine/training',
    ],
    packages: ['chardet'],
    // fs and crypto: workers read texts and checkpoints themselves and compare their hashes; they never write.
    // v8: compiled programs go from one worker to another as bytes.
    builtins: [
      'worker_threads',
      'url',
      'path',
      'os',
      'perf_hooks',
      'events',
      'fs',
      'fs/promises',
      'crypto',
      'v8',
    ],
  },
  'src-main/services': {
    layers: [
      'src-main/contract',
      'src-main/store',
      'src-main/store/files.ts',
      'src-main/store/lease.ts',
      'src-main/jobs',
      'src-main/engine',
      'src-main/engine/config.ts',
      'src-main/engine/tasks',
    ],
    packages: [],
    builtins: ['*'],
  },
  'src-main/app.ts': {
    layers: [
      'src-main/contract',
      'src-main/services',
      'src-main/store',
      'src-main/store/files.ts',
      'src-main/jobs',
    ],
    packages: [],
    builtins: ['*'],
  },
  'src-main/shells': { layers: ['src-main/app.ts', 'src-main/contract'], packages: [], builtins: ['*'] },
  'src-main/shells/electron': {
    layers: ['src-main/app.ts', 'src-main/contract', 'src-main/shells'],
    packages: ['electron', 'zod'],
    builtins: ['*'],
  },
  'src-main/shells/web': {
    layers: ['src-main/app.ts', 'src-main/contract', 'src-main/shells'],
    packages: ['fastify', '@fastify/websocket', 'ws', 'zod'],
    builtins: ['*'],
  },
  'src-main/shells/cli': {
    // store/files.ts: `export --out` writes through the one module that may.
    layers: [
      'src-main/app.ts',
      'src-main/contract',
      'src-main/shells',
      'src-main/shells/web',
      'src-main/store/files.ts',
    ],
    packages: ['commander', 'jsonc-parser', 'zod'],
    builtins: ['*'],
  },
  'src-renderer': {
    layers: ['src-main/contract'],
    packages: [
      'vue',
      'vue-router',
      'pinia',
      'reka-ui',
      'chart.js',
      'chartjs-plugin-zoom',
      'chartjs-plugin-annotation',
      '@tanstack/vue-table',
      '@tanstack/vue-virtual',
      'zod',
    ],
    builtins: [],
  },
}

const root = fileURLToPath(new URL('..', import.meta.url))
const aliases: Record<string, string> = { '@contract/': 'src-main/contract/', '@/': 'src-renderer/' }
const isPath = (specifier: string) => specifier.startsWith('.') || specifier.startsWith('/')

/** The table's row for a path: the longest prefix that ends at a folder border. */
function layerOf(path: string): string | undefined {
  const isIn = (row: string) => path === row || path.startsWith(`${row}/`)
  return Object.keys(table)
    .filter(isIn)
    .sort((a, b) => b.length - a.length)[0]
}

/** All module names in a source text: static, dynamic, `import type`, `import('x').T`, re-exports, require. */
function importsOf(path: string, text: string): string[] {
  const script = path.endsWith('.vue')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n')
    : text
  return ts.preProcessFile(script, true, true).importedFiles.map((file) => file.fileName)
}

/** What is wrong with one import, or undefined. */
function fault(path: string, specifier: string): string | undefined {
  const from = layerOf(path)
  if (!from) return `${path} belongs to no layer: give its folder a row in the table`
  const row = table[from]!
  const alias = Object.keys(aliases).find((prefix) => specifier.startsWith(prefix))
  if (alias && from !== 'src-renderer') return `${path}: the alias ${alias} is the renderer's`
  if (alias || isPath(specifier)) {
    const target = alias
      ? aliases[alias]! + specifier.slice(alias.length)
      : relative(root, resolve(root, dirname(path), specifier))
          .split(sep)
          .join('/')
    const code = target.split('?')[0]!
    if (!/\.(ts|vue|css|json|svg)$/.test(code)) return `${path}: "${specifier}" needs its file extension`
    if (code.startsWith('native/') && row.layers.includes('native')) return undefined
    const to = layerOf(code)
    const allowed = to !== undefined && (to === from || to.startsWith(`${from}/`) || row.layers.includes(to))
    return allowed ? undefined : `${path}: ${from} may not import ${to ?? target} ("${specifier}")`
  }
  if (specifier.startsWith('node:')) {
    const allowed = row.builtins.includes('*') || row.builtins.includes(specifier.slice(5))
    return allowed ? undefined : `${path}: ${from} may not use ${specifier}`
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  return row.packages.includes(name) ? undefined : `${path}: ${from} may not use the package ${name}`
}

function sourcesIn(folder: string, ending: RegExp): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
    .filter((path) => ending.test(path))
}

const sources = ['src-main', 'src-renderer'].flatMap((folder) => sourcesIn(folder, /\.(ts|vue)$/))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('layers', () => {
  it('every import goes the way the table allows', () => {
    const faults = sources.flatMap((path) => importsOf(path, read(path)).map((name) => fault(path, name)))
    expect(faults.filter(Boolean)).toEqual([])
    expect(sources.length).toBeGreaterThan(20)
  })

  it('every layer but the shells stays within what it imports: no row names itself or a later one', () => {
    const order = ['contract', 'engine', 'store', 'jobs', 'services', 'app.ts', 'shells'].map(
      (x) => `src-main/${x}`,
    )
    for (const [index, name] of order.entries()) {
      expect(table[name]!.layers.filter((layer) => order.indexOf(layer) >= index)).toEqual([])
    }
  })

  it('a network over sequences and one over images are traced by traceModel for all that look at either', () => {
    const lookers = /^src-main\/engine\/(training|probes|explain|optim|plan\.ts)/
    const ownTraces = /nn\/(trace|lockstep|imageTrace)\.ts$/
    const found = sources.filter((path) => lookers.test(path)).flatMap((path) => importsOf(path, read(path)).filter((name) => ownTraces.test(name)).map((name) => `${path}: ${name}`)) // prettier-ignore
    expect(found).toEqual([])
  })

  it('every package of the table is a dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'))
    const used = new Set(sources.flatMap((path) => importsOf(path, read(path))))
    const named = [...new Set(Object.values(table).flatMap((row) => row.packages))].filter((name) =>
      used.has(name),
    )
    expect(named.filter((name) => !(name in dependencies) && !(name in devDependencies))).toEqual([])
  })

  it('no file outside the tasks names a task, or asks what its data are: the rows of the tasks are asked', () => {
    const ids = tasks.map(({ id }) => id).join('|')
    const asks = /\bdata\.(kind|problem|format|task)\b|\[['"](problem|format)['"]\]|\btopology\b/
    const names = new RegExp(`['"\`](${ids})['"\`]`)
    // older.ts reads configurations of version 2, in which these keys were.
    const others = sources.filter(
      (path) => !path.startsWith('src-main/engine/tasks/') && path !== 'src-main/contract/older.ts',
    )
    const code = (path: string) => read(path).replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
    expect(others.filter((path) => names.test(code(path)) || asks.test(code(path)))).toEqual([])
  })

  it('kernels see no JavaScript: only their own headers and the C++ library', () => {
    const kernels = sourcesIn('native/kernels', /\.(cc|h)$/)
    const included = kernels.flatMap((path) =>
      [...read(path).matchAll(/#include\s*[<"]([^>"]+)/g)].map((m) => m[1]!),
    )
    expect(included.filter((name) => /napi|node_api|node\.h|uv\.h|v8/.test(name))).toEqual([])
  })

  it.each([
    ['src-main/contract/run.ts', "import { scan } from '../engine/graph/scan.ts'"],
    ['src-main/engine/training/loop.ts', "import { readFileSync } from 'node:fs'"],
    ['src-main/engine/training/loop.ts', "import type { Store } from '../../store/index.ts'"],
    ['src-main/engine/training/loop.ts', "import { taskOf } from '../tasks/index.ts'"],
    ['src-main/engine/tasks/index.ts', "import { openModel } from '../probes/model.ts'"],
    ['src-main/engine/graph/ops.ts', "import { compile } from '../compile/compile.ts'"],
    ['src-main/engine/graph/scan.ts', "export * from '../run/native'"],
    ['src-main/jobs/entry.ts', "const db = await import('better-sqlite3')"],
    ['src-main/services/runs.ts', "import { app } from 'electron'"],
    ['src-main/services/runs.ts', "import { serve } from '../shells/web/server.ts'"],
    ['src-main/shells/cli/main.ts', "import { open } from '../../store/index.ts'"],
    ['src-renderer/views/RunView.vue', '<script setup lang="ts">import fs from \'node:fs\'</script>'],
    ['src-renderer/main.ts', "type T = import('../src-main/engine/cells/lstm.ts').T"],
    ['src-main/extra/thing.ts', "import { z } from 'zod'"],
  ])('refuses %s with %s', (path, text) => {
    expect(importsOf(path, text).map((name) => fault(path, name))).toEqual([expect.any(String)])
  })

  it.each([
    ['src-main/engine/cells/lstm.ts', "import { defineCell } from './cell.ts'"],
    ['src-main/store/runs.ts', "import Database from 'better-sqlite3'"],
    [
      'src-renderer/views/RunView.vue',
      '<script setup lang="ts">import type { Run } from \'@contract/run.ts\'</script>',
    ],
  ])('accepts %s with %s', (path, text) => {
    expect(importsOf(path, text).map((name) => fault(path, name))).toEqual([undefined])
  })
})
