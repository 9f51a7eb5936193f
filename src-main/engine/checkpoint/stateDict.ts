// Imports a PyTorch state_dict as a checkpoint: every tensor of the file becomes one weight of the network that the configuration describes.
// It does not guess: tensors that are missing, unexpected or of a wrong shape are an error. Both use PyTorch's order of gates.
import type { RunConfig } from '../../contract/config.ts'
import { layerKey, splitLayer } from '../../contract/layerPath.ts'
import { issuesText, maxIssues, nearest, quotable, UnrollError } from '../../contract/errors.ts'
import { parseColumnList, parseStringList } from './read.ts'
import { writeCheckpoint } from './write.ts'
import type { Text } from '../data/source.ts'
import { taskOf } from '../tasks/index.ts'
import type { Weight } from '../cells/cell.ts'
import { readTensors, type Tensor } from './safetensors.ts'

const embeddings = /^(embed(ding)?s?|emb|encoder|lookup|wte|(word|token|char)_embeddings?)$/
const readouts = /^(readout|fc|linear|out(put)?|decoder|proj(ection)?|classifier|lm_head|dense)$/

/** The weight name for a name in a state_dict: `rnn.weight_ih_l1_reverse` -> `layers.1.reverse.w_ih`, `fc.bias` -> `readout.b`; others are unchanged. */
export function weightNameOf(name: string): string {
  const layer = /^(?:(.*)\.)?(weight|bias)_(ih|hh)(?:_l(\d+))?(_reverse)?$/.exec(name)
  if (layer) {
    const [, owner = '', kind, which, index = '0', reverse] = layer
    // The layers of an encoder and of a decoder are numbered separately.
    const part = /(?:^|\.)(encoder|decoder)(?:\.|$)/.exec(owner)?.[1]
    const path = {
      ...(part && { part }),
      index: Number(index),
      ...(reverse && { direction: 'reverse' as const }),
    }
    return `${layerKey(path)}.${kind![0]}_${which}`
  }
  const [, owner = '', kind] = /([^.]+)\.(weight|bias)$/.exec(name) ?? []
  if (kind === 'weight' && embeddings.test(owner)) return 'embedding.w'
  if (kind && readouts.test(owner)) return `readout.${kind[0]}`
  return kind && owner === 'head' ? `head.${kind[0]}` : name
}

/** The name of a weight in PyTorch's convention, for messages. */
function torchName(own: string): string {
  const found = splitLayer(own)
  const [, kind, which] = /^([wb])_(ih|hh)$/.exec(found?.rest ?? '') ?? []
  if (!found || !kind) return own.replace(/\.w$/, '.weight').replace(/\.b$/, '.bias')
  const { part, index, direction } = found.layer
  return `${part ? `${part}.` : ''}${kind === 'w' ? 'weight' : 'bias'}_${which}_l${index}${direction ? `_${direction}` : ''}`
}

const shapeText = (shape: readonly number[]) => `(${shape.join(', ')})`

/** The file's tensors by weight name, with `issues` (unexpected tensors, duplicates, wrong shapes) and the names of missing weights. */
function matchTensors(tensors: ReadonlyMap<string, Tensor>, wanted: ReadonlyMap<string, Weight>) {
  const found = new Map<string, Tensor>()
  const issues: { path: string; message: string }[] = []
  const unmatched: string[] = []
  // The layers of a single network may be in a module called encoder or decoder.
  const withoutModule = (own: string) => (wanted.has(own) ? own : own.replace(/^(encoder|decoder)\./, ''))
  for (const [path, tensor] of tensors) {
    const own = withoutModule(weightNameOf(path))
    const weight = wanted.get(own)
    if (!weight) unmatched.push(path)
    else if (found.has(own))
      issues.push({ path: quotable(path), message: `the second tensor for ${torchName(own)}` })
    else if (shapeText(weight.shape) !== shapeText(tensor.shape))
      issues.push({
        path: quotable(path),
        message: `expected ${shapeText(weight.shape)}, found ${shapeText(tensor.shape)}`,
      })
    if (weight && !found.has(own)) found.set(own, tensor)
  }
  const missing = [...wanted.keys()].filter((own) => !found.has(own))
  const names = missing.map(torchName)
  for (const path of unmatched) {
    const near = issues.length < maxIssues ? nearest(path, names) : undefined
    issues.push({
      path: quotable(path),
      message: `no weight of this network${near ? `; did you mean ${near}?` : ''}`,
    })
  }
  return { found, issues, missing }
}

/** Adds zero biases where a module has none (nn.LSTM(bias=False), nn.Linear(bias=False)) and returns the names still missing. */
function addZeroBiases(
  found: Map<string, Tensor>,
  missing: readonly string[],
  wanted: ReadonlyMap<string, Weight>,
): string[] {
  const isBias = (own: string) => /(^|\.)b(_\w+)?$/.test(own)
  const owner = (own: string) => (splitLayer(own) ? 'layers' : own)
  const present = new Set([...found.keys()].filter(isBias).map(owner))
  const absent = missing.filter((own) => isBias(own) && !present.has(owner(own)))
  for (const own of absent) {
    const { shape } = wanted.get(own)!
    found.set(own, { shape: [...shape], data: new Float32Array(shape.reduce((n, d) => n * d, 1)) })
  }
  return missing.filter((own) => !absent.includes(own))
}

/** The configuration with the smallest batches, since the text is only read for its vocabulary and may be short. */
const withShortestBatches = (config: RunConfig): RunConfig => ({
  ...config,
  train: { ...config.train, batch: 2, window: 2, stride: 0 },
})

/**
 * A checkpoint at step 0 with the weights in `bytes`, and the vocabulary from their metadata, otherwise from `text`. Throws E_MODEL_* as
 * readTensors does, and E_MODEL_MISMATCH with all tensors that are missing, unexpected or of a wrong shape.
 */
export function checkpointOfWeights(bytes: Uint8Array, config: RunConfig, text: Text): Uint8Array {
  const { tensors, metadata } = readTensors(bytes)
  const known =
    metadata.vocabulary === undefined
      ? undefined
      : {
          vocabulary: parseStringList(metadata.vocabulary, 'vocabulary'),
          labels: metadata.labels === undefined ? [] : parseStringList(metadata.labels, 'labels'),
          ...(metadata.columns !== undefined && { columns: parseColumnList(metadata.columns)! }),
        }
  const { network, vocabulary, labels = [], columns } = taskOf(withShortestBatches(config), text, known)
  const { found, issues, missing } = matchTensors(tensors, network.weights)
  for (const own of addZeroBiases(found, missing, network.weights))
    issues.push({
      path: torchName(own),
      message: `missing, expected ${shapeText(network.weights.get(own)!.shape)}`,
    })
  if (issues.length > 0) {
    throw new UnrollError(
      'E_MODEL_MISMATCH',
      `model file: the tensors do not fit the configuration. ${issuesText(issues)}`,
      { issues: issues.slice(0, maxIssues) },
    )
  }
  return writeCheckpoint({
    config,
    step: 0,
    vocabulary: [...vocabulary],
    labels: [...labels],
    ...(columns && { columns: [...columns] }),
    parts: 'weights',
    tensors: new Map([...network.weights.keys()].map((own) => [own, found.get(own)!])),
  })
}
