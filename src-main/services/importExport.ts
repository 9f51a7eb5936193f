// Export: weights as safetensors, curves as CSV, configuration as JSON. Import: a safetensors file becomes a finished run.
// Formats that can execute code are refused by extension and by their first bytes.
import type { Output, Parsed } from '../contract/api.ts'
import { datasetOf, type RunConfig } from '../contract/config.ts'
import { UnrollError } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import { checkName } from '../contract/validate.ts'
import { parseConfig } from '../engine/config.ts'
import { taskFacts } from '../engine/tasks/index.ts'
import type { CheckpointRecord } from '../store/checkpoints.ts'
import { searchTextOf } from '../store/runRow.ts'
import { configOf } from './storedConfig.ts'
import { chooseCheckpoint, removingFilesOnFailure, writeCheckpoint } from './checkpointFiles.ts'
import { changed, recordOf, version, type Context } from './context.ts'
import { completed } from './prepare.ts'
import { hashBytes } from './readFile.ts'
import { newRunId } from './runs.ts'
import type { Texts } from './texts.ts'

const unsafe = /\.(pt|pth|bin|pkl|pickle|npy|npz|h5|hdf5|keras|ckpt|joblib|onnx|pb|zip|tar|gz)$/i

/** A safe file name: letters, digits and dashes of the run's name, and the end of its id. */
const fileStem = (name: string, id: RunId) =>
  `${
    name
      .normalize('NFKD')
      .replace(/[^0-9A-Za-z]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'run'
  }-${id.slice(-6).toLowerCase()}`

export function importExport(context: Context, texts: Texts) {
  const { store, storeReader, inference } = context

  async function exportRun({ id, what, step }: Parsed<'runs.export'>): Promise<Output<'runs.export'>> {
    const record = recordOf(context, id)
    const stem = fileStem(record.name, id)
    const text = (content: string) => new TextEncoder().encode(content)
    if (what === 'metrics') return { filename: `${stem}.csv`, bytes: await storeReader.ask('csv', { id }) }
    if (what === 'config') {
      const config = configOf(record)
      if (!config)
        throw new UnrollError('E_DB_CORRUPT', `The stored configuration of run ${record.name} is damaged.`)
      return { filename: `${stem}.json`, bytes: text(`${JSON.stringify(config, null, 2)}\n`) }
    }
    const { step: at, ...model } = chooseCheckpoint(context, id, step)
    return {
      filename: `${stem}-${at}.safetensors`,
      bytes: await inference.request('exportWeights', { model }),
    }
  }

  /** A checkpoint from the weights of another program. */
  async function checkpointOfWeights(bytes: Uint8Array, wanted: unknown): Promise<Uint8Array> {
    const config = completed(context, wanted)
    const { ref } = await texts.refOf(config)
    return inference.request('checkpointOfWeights', { bytes, config, text: ref })
  }

  async function importRun({
    name: given,
    runName,
    bytes: file,
    config: wanted,
    trust,
  }: Parsed<'runs.import'>): Promise<Output<'runs.import'>> {
    store.assertWritable()
    const fileName = checkName(given.replaceAll('\\', '/').split('/').pop() ?? '')
    const extension = unsafe.exec(fileName)?.[0]
    if (extension) {
      throw new UnrollError(
        'E_MODEL_FORMAT',
        `${fileName}: ${extension} files are not supported: formats of this kind can hold pickle, which can run code. Save the weights as safetensors.`,
      )
    }
    const bytes = wanted === undefined ? file : await checkpointOfWeights(file, wanted)
    const copy = bytes.slice()
    const { config: raw, step, parameters, warnings } = await inference.request('readCheckpoint', { bytes })
    const damaged = warnings.find((warning) => warning.code === 'W_MODEL_NONFINITE')
    if (damaged && !trust)
      throw new UnrollError(
        'E_MODEL_NONFINITE',
        `${fileName}: ${damaged.message} Nothing was imported; say that you trust the file if you want it nevertheless.`,
        { advice: { action: 'trust' } },
      )
    const parsed = parseConfig(raw)
    const config: RunConfig = { ...parsed, seed: parsed.seed ?? 0 }
    const name =
      checkName(runName ?? '') ||
      config.name ||
      fileName.replace(/\.safetensors$/i, '') ||
      `imported ${config.model.cell}`
    const runId = newRunId()
    const sha256 = await hashBytes(copy)
    const insert = (record: CheckpointRecord) => {
      const now = Date.now()
      store.runs.insert({
        id: runId,
        name,
        status: 'finished',
        created_at: now,
        ended_at: now,
        config: JSON.stringify(config),
        haystack: searchTextOf(runId, name, [], '', config),
        step,
        total_steps: step,
        parameters,
        data_name: datasetOf(config.data) ?? taskFacts(config).data,
        code_version: version,
        engine: 'imported',
      })
      store.checkpoints.add(record)
    }
    await removingFilesOnFailure(context, runId, async () => {
      const file = { runId, step, sha256, loss: null, best: false }
      const record = await writeCheckpoint(context, file, copy)
      await store.write(() => insert(record))
    })
    changed(context, runId)
    return { run: store.runs.row(runId)!, warnings }
  }

  return { exportRun, importRun }
}
