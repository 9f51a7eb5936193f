// A checkpoint file (write.ts) -> its content, all of it checked against the configuration inside before any tensor is used.
import { parseConfig } from '../config.ts'
import type { RunConfig } from '../../contract/config.ts'
import { issuesText, maxIssues, quotable, UnrollError, type Warning } from '../../contract/errors.ts'
import { networkFor } from '../tasks/index.ts'
import type { Weight } from '../cells/cell.ts'
import { readTensors, type Tensor } from './safetensors.ts'
import { checksum, format, version, writeCheckpoint, type CheckpointContent } from './write.ts'

export interface ReadCheckpoint extends CheckpointContent {
  warnings: Warning[]
}

const isWeight = (name: string): boolean => !name.startsWith('optim.') && !name.startsWith('carry.')

/**
 * Throws E_MODEL_* as the container does, E_MODEL_FORMAT when no configuration is inside, E_MODEL_CHECKSUM on damaged data and
 * E_MODEL_MISMATCH naming every weight that does not fit. Non-finite weights are a warning.
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
  const config = parseConfig(json(metadata.config, 'config')) as RunConfig
  const vocabulary = texts(metadata.vocabulary, 'vocabulary')
  const labels = metadata.labels === undefined ? [] : texts(metadata.labels, 'labels')
  if (config.seed === undefined)
    throw new UnrollError('E_MODEL_HEADER', 'model file: the configuration has no seed.')
  const step = Number(metadata.step)
  if (!Number.isSafeInteger(step) || step < 0)
    throw new UnrollError('E_MODEL_HEADER', 'model file: the step is not a whole number.')
  // Another program may have kept the metadata that it knew. Without a checksum there is nothing to compare with.
  if (metadata.checksum !== undefined && Number(metadata.checksum) !== checksum(tensors)) {
    throw new UnrollError(
      'E_MODEL_CHECKSUM',
      'model file: the data does not fit its checksum: it is damaged, or was changed after it was written. Use another file.',
    )
  }
  checkWeights(networkFor(config, vocabulary.length, labels.length), tensors)
  const parts = metadata.parts === 'full' ? 'full' : 'weights'
  const progress = parts === 'full' ? { progress: json(metadata.progress, 'progress') } : {}
  return {
    config,
    step,
    vocabulary,
    labels,
    parts,
    ...progress,
    tensors,
    warnings: nonFinite(tensors),
  }
}

function json(text: string | undefined, what: string): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    throw new UnrollError('E_MODEL_HEADER', `model file: ${what} in the metadata is not JSON.`)
  }
}

/** A list of texts in the metadata; the message names it. */
export function texts(text: string | undefined, what: string): string[] {
  const list = json(text, what)
  const isText = (entry: unknown) => typeof entry === 'string' && entry.isWellFormed()
  if (Array.isArray(list) && list.length <= 65_536 && list.every(isText)) return list as string[]
  throw new UnrollError('E_MODEL_HEADER', `model file: the ${what} is not a list of texts.`)
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

function nonFinite(tensors: ReadonlyMap<string, Tensor>): Warning[] {
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

/** The same model without optimiser state, carried state and progress. */
export function exportWeights(checkpoint: Uint8Array): Uint8Array<ArrayBuffer> {
  const { config, step, vocabulary, labels, tensors } = readCheckpoint(checkpoint)
  const weights = new Map([...tensors].filter(([name]) => isWeight(name)))
  return writeCheckpoint({ config, step, vocabulary, labels, parts: 'weights', tensors: weights })
}
