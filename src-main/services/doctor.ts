// Checks the whole store and lists each fault. It repairs and deletes nothing.
import { existsSync } from 'node:fs'
import { readdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { DoctorReport } from '../contract/api.ts'
import { checkDatabase, type CheckReport } from '../store/check.ts'
import { stateOf } from '../store/files.ts'
import { faultOf } from './checkpointFiles.ts'
import type { Context } from './context.ts'
import { hashFile } from './readFile.ts'

const minFreeBytes = 100 << 20

type Check = DoctorReport['checks'][number]

const verdict = (name: string, faults: readonly string[], fine: string): Check => {
  const shown =
    faults.slice(0, 20).join('; ') + (faults.length > 20 ? `; and ${faults.length - 20} more` : '')
  return { name, ok: faults.length === 0, message: faults.length ? shown : fine }
}

/** File names in a folder; none if it does not exist. */
const names = (folder: string) => readdir(folder).catch(() => [] as string[])

async function checkpointFaults(context: Context): Promise<string[]> {
  const faults = []
  for (const record of context.store.checkpoints.all()) {
    const fault = await faultOf(context, record)
    if (fault) faults.push(fault)
  }
  return faults
}

async function textFaults({ store }: Context): Promise<string[]> {
  const faults = []
  for (const { id, sha256 } of store.datasets.list()) {
    const path = store.datasetFile(sha256)
    if (!existsSync(path)) faults.push(`text ${id}: its file datasets/${sha256} is missing`)
    else if ((await hashFile(path)) !== sha256)
      faults.push(`text ${id}: its file datasets/${sha256} is damaged (its SHA-256 differs)`)
  }
  return faults
}

/** Files without a record, left by a deletion that a crash interrupted. Files that are being written are not among them. */
async function orphans({ store }: Context): Promise<string[]> {
  const [runs, texts] = await Promise.all(
    ['checkpoints', 'datasets'].map((folder) => names(join(store.folder, folder))),
  )
  const files = await Promise.all(
    runs!.map(async (run) => (await names(store.checkpointFolder(run))).map((file) => ({ run, file }))),
  )
  // Records are read after the files, so that a file whose record was added meanwhile is known.
  const known = new Set(store.checkpoints.all().map(({ runId, file }) => `${runId}/${file}`))
  const hashes = new Set(store.datasets.list().map(({ sha256 }) => sha256))
  const strays = files
    .flat()
    .filter(({ run, file }) => !known.has(`${run}/${file}`) && store.runs.record(run)?.weights_file !== file)
  return [
    ...strays.map(({ run, file }) => ({ path: `checkpoints/${run}/${file}`, owner: 'run' })),
    ...texts!
      .filter((file) => !hashes.has(file))
      .map((file) => ({ path: `datasets/${file}`, owner: 'text' })),
  ]
    .filter(({ path }) => stateOf(path) !== 'unfinished')
    .map(({ path, owner }) => `${path} belongs to no ${owner} and may be deleted`)
}

const nothing: CheckReport = { database: [], runs: [], curves: [], texts: [], claims: [] }

async function diskCheck({ store }: Context): Promise<Check> {
  const space = await statfs(store.folder).catch(() => undefined)
  if (!space) return { name: 'disk space', ok: false, message: `${store.folder} cannot be read` }
  const free = space.bavail * space.bsize
  const message = `${Math.round(free / 2 ** 20)} MB free in ${store.folder}`
  return {
    name: 'disk space',
    ok: free >= minFreeBytes,
    message: free >= minFreeBytes ? message : `${message}: too little for checkpoints`,
  }
}

export async function examine(context: Context): Promise<DoctorReport> {
  const { store, engine } = context
  const refusal = store.refusal()
  const { executor, warning } = engine.chooseExecutor('auto', 1)
  const stored = existsSync(store.path) ? await checkDatabase(store.path, 'whole') : nothing
  const checks: Check[] = [
    { name: 'node', ok: true, message: `Node ${process.versions.node}, SQLite ${store.sqlite}` },
    { name: 'engine', ok: !warning, message: warning?.message ?? `${executor.id}: ${executor.description}` },
    { name: 'precision', ok: true, message: `f32; bf16 and bf16x3 ${executor.rounded}` },
    { name: 'data folder', ok: !refusal, message: refusal?.message ?? `${store.folder} can be written` },
    verdict(
      'place',
      store.findings.filter((f) => f.code === 'W_SYNC_FOLDER').map((f) => f.message),
      'on a local disk',
    ),
    verdict('database', stored.database, 'integrity check passed'),
    verdict('runs', stored.runs, 'every configuration and sample has its checksum'),
    verdict('curves', stored.curves, 'every chunk has its checksum'),
    verdict('checkpoints', await checkpointFaults(context), 'every file is there, with its SHA-256'),
    verdict(
      'texts',
      [...stored.texts, ...(await textFaults(context))],
      'every file is there, with its SHA-256',
    ),
    verdict('claims', stored.claims, 'every claim has its checksum'),
    verdict('left-over files', await orphans(context), 'none'),
    await diskCheck(context),
  ]
  return { ok: checks.every((check) => check.ok), checks }
}
