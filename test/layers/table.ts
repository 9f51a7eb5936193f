// Who may import whom, as a table: a row per folder or file, with the layers, packages and modules of Node that it may import.

/** What the files of one row may import. */
export interface Layer {
  /** Other layers that may be imported. */
  layers: string[]
  /** npm packages, by name. */
  packages: string[]
  /** Node's own modules without `node:`; '*' is all of them. */
  builtins: string[]
}

/** A part of the engine with the parts that it may import. Options of cells and of tasks are zod schemas. */
const packagesOf: Record<string, string[]> = {
  cells: ['zod'],
  tasks: ['zod'],
  formats: ['papaparse'],
  imports: ['papaparse', 'htmlparser2', 'hyparquet', 'hyparquet-compressors', 'fast-png', 'jpeg-js'],
  probes: ['ml-matrix', 'umap-js'],
}
const within = (part: string, ...parts: string[]): Record<string, Layer> => ({
  [`src-main/engine/${part}`]: {
    layers: ['src-main/contract', ...parts.map((name) => `src-main/engine/${name}`)],
    packages: packagesOf[part] ?? [],
    builtins: [],
  },
})

/** The longest matching path decides, so a row for a file or folder overrides the row above it, whose files may import it. */
export const table: Record<string, Layer> = {
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
  ...within('imports', 'formats', 'data', 'run'),
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
    'imports',
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
  ...within('taskWithClaims.ts', 'probes', 'tasks', 'training', 'nn', 'data'),
  ...within('openTraining.ts', 'taskWithClaims.ts', 'checkpoint', 'training', 'run'),
  ...within('plan.ts', 'taskWithClaims.ts', 'tasks', 'training', 'optim', 'nn', 'cells', 'data', 'run'),
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
      'src-main/engine/imports',
      'src-main/engine/run',
      'src-main/engine/tasks',
      'src-main/engine/training',
    ],
    packages: ['chardet', 'fflate'],
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
  // The entry starts the worker of a short command before the app is loaded.
  'src-main/shells/cli/main.ts': {
    layers: ['src-main/app.ts', 'src-main/shells', 'src-main/shells/cli', 'src-main/jobs'],
    packages: [],
    builtins: [],
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
