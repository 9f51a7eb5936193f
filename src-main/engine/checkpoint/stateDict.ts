// Weights of another program, named as PyTorch's state_dict names them, as a checkpoint of this one: every tensor of the file becomes one
// weight of the network that the configuration describes. It refuses to guess: a tensor that is missing, left over or of another shape is
// named. Gates stand in PyTorch's order in both.
import type { RunConfig } from '../../contract/config.ts'
import { layerKey, splitLayer } from '../../contract/layerPath.ts'
import { issuesText, maxIssues, nearest, quotable, UnrollError } from '../../contract/errors.ts'
import { texts } from './read.ts'
import { writeCheckpoint } from './write.ts'
import type { Text } from '../data/source.ts'
import { taskOf } from '../tasks/index.ts'
import type { Weight } from '../cells/cell.ts'
import { readTensors, type Tensor } from './safetensors.ts'

const embeddings = /^(embed(ding)?s?|emb|encoder|lookup|wte|(word|token|char)_embeddings?)$/
const readouts = /^(readout|fc|linear|out(put)?|decoder|proj(ection)?|classifier|lm_head|dense)$/

/** `rnn.weight_ih_l1_reverse` -> `layers.1.reverse.w_ih`; `fc.bias` -> `readout.b`. What is unknown keeps its name. */
export function ownName(name: string): string {
  const layer = /^(?:(.*)\.)?(weight|bias)_(ih|hh)(?:_l(\d+))?(_reverse)?$/.exec(name)
  if (layer) {
    const [, owner = '', kind, which, index = '0', reverse] = layer
    // Of an encoder and a decoder each has layers of its own.
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

/** A weight's name as PyTorch would write it, for messages. */
function torchName(own: string): string {
  const found = splitLayer(own)
  const [, kind, which] = /^([wb])_(ih|hh)$/.exec(found?.rest ?? '') ?? []
  if (!found || !kind) return own.replace(/\.w$/, '.weight').replace(/\.b$/, '.bias')
  const { part, index, direction } = found.layer
  return `${part ? `${part}.` : ''}${kind === 'w' ? 'weight' : 'bias'}_${which}_l${index}${direction ? `_${direction}` : ''}`
}

const shapeText = (shape: readonly number[]) => `(${shape.join(', ')})`

/** The file's tensors by the network's own names. `issues`: what does not fit. */
function matched(tensors: ReadonlyMap<string, Tensor>, wanted: ReadonlyMap<string, Weight>) {
  const found = new Map<string, Tensor>()
  const issues: { path: string; message: string }[] = []
  const strange: string[] = []
  // Layers of the only network may stand below a module that is called encoder or decoder.
  const alone = (own: string) => (wanted.has(own) ? own : own.replace(/^(encoder|decoder)\./, ''))
  for (const [path, tensor] of tensors) {
    const own = alone(ownName(path))
    const weight = wanted.get(own)
    if (!weight) strange.push(path)
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
  for (const path of strange) {
    const near = issues.length < maxIssues ? nearest(path, names) : undefined
    issues.push({
      path: quotable(path),
      message: `no weight of this network${near ? `; did you mean ${near}?` : ''}`,
    })
  }
  return { found, issues, missing }
}

/** nn.LSTM(bias=False) and nn.Linear(bias=False) write no biases: what is not there adds 0. */
function withoutBiases(
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

/** The text need not be long enough for the batches of a training: only its symbols count. */
const asShortAsCanBe = (config: RunConfig): RunConfig => ({
  ...config,
  train: { ...config.train, batch: 2, window: 2, stride: 0 },
})

/**
 * A checkpoint of step 0 with the weights in `bytes` and the vocabulary in its metadata, else that of `text`. Throws E_MODEL_* as readTensors does, and
 * E_MODEL_MISMATCH with every tensor that is missing, left over or of another shape.
 */
export function checkpointOfWeights(bytes: Uint8Array, config: RunConfig, text: Text): Uint8Array {
  const { tensors, metadata } = readTensors(bytes)
  const known =
    metadata.vocabulary === undefined
      ? undefined
      : {
          vocabulary: texts(metadata.vocabulary, 'vocabulary'),
          labels: metadata.labels === undefined ? [] : texts(metadata.labels, 'labels'),
        }
  const { network, vocabulary, labels = [] } = taskOf(asShortAsCanBe(config), text, known)
  const { found, issues, missing } = matched(tensors, network.weights)
  for (const own of withoutBiases(found, missing, network.weights))
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
    parts: 'weights',
    tensors: new Map([...network.weights.keys()].map((own) => [own, found.get(own)!])),
  })
}
