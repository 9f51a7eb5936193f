// Reads a checkpoint file (write.ts). All content is validated against the configuration in the file before a tensor is used.
import { parseConfig } from '../config.ts'
import type { RunConfig } from '../../contract/config.ts'
import { issuesText, maxIssues, quotable, UnrollError, type Warning } from '../../contract/errors.ts'
import { networkFor } from '../tasks/index.ts'
import { parseColumns, type ScaledColumn } from '../../contract/scaledColumn.ts'
import type { Weight } from '../cells/cell.ts'
import { readTensors, type Tensor } from './safetensors.ts'
import { checksum, format, version, writeCheckpoint, type CheckpointContent } from './write.ts'

/** The content of a checkpoint, with warnings. */
export interface ReadCheckpoint extends CheckpointContent {
  warnings: Warning[]
}

const isWeight = (name: string): boolean => !name.startsWith('optim.') && !name.startsWith('carry.')

/**
 * Reads and validates a checkpoint. Throws E_MODEL_* as readTensors does, E_MODEL_FORMAT without a configuration, E_MODEL_CHECKSUM for
 * damaged data and E_MODEL_MISMATCH with all weights of a wrong name or shape. Non-finite weights give a warning.
 */
export function readCheckpoint(bytes: Uint8Array): ReadCheckpoint {
  const { tensors, metadata } = readTensors(bytes)
  if (metadata.format !== format) {
    throw new UnrollError(
      'E_MODEL_FORMAT',
      'model file: safetensors without a configuration inside. Give the configuration that the weights belong to as well.',
      { advice: { action: 'configure' } },
    )
  }
  if (Number(metadata.version) !== version) {
    throw new UnrollError(
      'E_MODEL_FORMAT',
      `model file: format ${String(metadata.version).slice(0, 20)}; this Unroll reads ${version}. Update Unroll.`,
    )
  }
  const config = parseConfig(parseJson(metadata.config, 'config')) as RunConfig
  const vocabulary = parseStringList(metadata.vocabulary, 'vocabulary')
  const labels = metadata.labels === undefined ? [] : parseStringList(metadata.labels, 'labels')
  const columns = parseColumnList(metadata.columns)
  if (config.seed === undefined)
    throw new UnrollError('E_MODEL_HEADER', 'model file: the configuration has no seed.')
  const step = Number(metadata.step)
  if (!Number.isSafeInteger(step) || step < 0)
    throw new UnrollError('E_MODEL_HEADER', 'model file: the step is not a whole number.')
  // A file rewritten by another program may lack the checksum; then it is not verified.
  if (metadata.checksum !== undefined && Number(metadata.checksum) !== checksum(tensors)) {
    throw new UnrollError(
      'E_MODEL_CHECKSUM',
      'model file: the data does not fit its checksum: it is damaged, or was changed after it was written. Use another file.',
    )
  }
  checkWeights(networkFor(config, vocabulary.length, labels.length, columns), tensors)
  const parts = metadata.parts === 'full' ? 'full' : 'weights'
  const progress = parts === 'full' ? { progress: parseJson(metadata.progress, 'progress') } : {}
  return {
    config,
    step,
    vocabulary,
    labels,
    ...(columns && { columns }),
    parts,
    ...progress,
    tensors,
    warnings: nonFiniteWarnings(tensors),
  }
}

function parseJson(text: string | undefined, what: string): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    throw new UnrollError('E_MODEL_HEADER', `model file: ${what} in the metadata is not JSON.`)
  }
}

/** Parses an entry of the metadata as a list of at most 65,536 strings; throws E_MODEL_HEADER, which names the entry by `what`. */
export function parseStringList(text: string | undefined, what: string): string[] {
  const list = parseJson(text, what)
  const isText = (entry: unknown) => typeof entry === 'string' && entry.isWellFormed()
  if (Array.isArray(list) && list.length <= 65_536 && list.every(isText)) return list as string[]
  throw new UnrollError('E_MODEL_HEADER', `model file: the ${what} is not a list of texts.`)
}

/** Parses the columns in the metadata; undefined without them. Throws E_MODEL_HEADER. */
export function parseColumnList(text: string | undefined): ScaledColumn[] | undefined {
  if (text === undefined) return undefined
  const columns = parseColumns(parseJson(text, 'columns'))
  if (columns) return columns
  throw new UnrollError('E_MODEL_HEADER', 'model file: the columns are not a list of names and scalings.')
}

function checkWeights(
  { weights: expected }: { weights: ReadonlyMap<string, Weight> },
  tensors: ReadonlyMap<string, Tensor>,
): void {
  const show = (shape: readonly number[] | undefined) => (shape ? `(${shape.join(', ')})` : 'nothing')
  const names = new Set([...expected.keys(), ...[...tensors.keys()].filter(isWeight)])
  const issues = [...names].flatMap((path) => {
    const [wanted, found] = [show(expected.get(path)?.shape), show(tensors.get(path)?.shape)]
    return wanted === found ? [] : [{ path: quotable(path), message: `expected ${wanted}, found ${found}` }]
  })
  if (issues.length > 0) {
    throw new UnrollError(
      'E_MODEL_MISMATCH',
      `model file: weights do not fit the configuration. ${issuesText(issues)}`,
      { issues: issues.slice(0, maxIssues) },
    )
  }
}

function nonFiniteWarnings(tensors: ReadonlyMap<string, Tensor>): Warning[] {
  let count = 0
  for (const [name, { data }] of tensors)
    if (isWeight(name)) for (const value of data) if (!Number.isFinite(value)) count++
  return count === 0
    ? []
    : [
        {
          code: 'W_MODEL_NONFINITE',
          message: `${count} ${count === 1 ? 'weight is' : 'weights are'} NaN or infinite; training from such weights diverges at once.`,
        },
      ]
}

/** A checkpoint of the same model without optimiser state, carried states and progress. */
export function exportWeights(checkpoint: Uint8Array): Uint8Array<ArrayBuffer> {
  const { config, step, vocabulary, labels, columns, tensors } = readCheckpoint(checkpoint)
  const weights = new Map([...tensors].filter(([name]) => isWeight(name)))
  return writeCheckpoint({ config, step, vocabulary, labels, columns, parts: 'weights', tensors: weights })
}
