// Configuration -> task, and the network that a configuration describes.
import type { RunConfig } from '../../contract/config.ts'
import { UnrollError } from '../../contract/errors.ts'
import { refuseUnfit } from '../../contract/limits.ts'
import { cellById } from '../cells/index.ts'
import { truthChanges, truthInput, truthShare } from '../nn/forcing.ts'
import type { Model } from '../nn/model.ts'
import { dropoutGrows, grownShare, growthInput } from '../nn/regularise.ts'
import type { Text } from '../data/source.ts'
import { additionNetwork, additionTask } from './binaryAddition/training.ts'
import { examplesNetwork, examplesTask } from './examples/training.ts'
import { imageNetwork } from './images/image.ts'
import { classTask } from './imageClassification/training.ts'
import { pixelTask } from './pixelModel/training.ts'
import { seriesNetwork, seriesTask } from './symbolSeries/training.ts'
import type { Task } from '../training/task.ts'
import { textNetwork, textTask } from './languageModel/training.ts'

/** Symbols and classes of a checkpoint to go on from. */
export interface Known {
  vocabulary: readonly string[]
  labels: readonly string[]
}

export function taskOf(config: RunConfig, text: Text, known?: Known): Task {
  refuseUnfit(config)
  refuseOwnInputs(config)
  refuseSmallBatch(config)
  return fedEachStep(config, plainTask(config, text, known))
}

/** Only where the network predicts what it reads next can it read its own predictions. */
function refuseOwnInputs({ data, train }: RunConfig): void {
  if (train.forcing === 'teacher') return
  const refuse = (path: string, message: string) =>
    new UnrollError('E_CONFIG_DATA', `${path}: ${message}`, { path })
  const isPair = (data.kind === 'memory' && data.problem === 'reverse') || (data.kind === 'examples' && data.format === 'pairs') // prettier-ignore
  if (!isPair && (data.kind !== 'text' || train.bptt === 'windows')) {
    const what = data.kind === 'text' ? 'bptt "windows" predicts one symbol per window' : 'these examples do not ask for the next symbol of what is read' // prettier-ignore
    throw refuse('train.forcing', `${what}, so nothing of the network's own could be read; set it to "teacher".`) // prettier-ignore
  }
  if (train.forcing === 'professor' && train.optimizer === 'hessianfree')
    throw refuse('train.optimizer', 'a discriminator is trained beside the network, each by its own gradient; take a first-order optimiser.') // prettier-ignore
}

/** A cell that normalises over the batch needs one. */
function refuseSmallBatch({ data, model, train }: RunConfig): void {
  if (data.kind === 'image') return
  const { title, smallestBatch = 1 } = cellById(model.cell)
  if (train.batch < smallestBatch)
    throw new UnrollError('E_CONFIG_DATA', `train.batch: a ${title} normalises over the batch, which must be at least ${smallestBatch}, not ${train.batch}.`, { path: 'train.batch' }) // prettier-ignore
}

function plainTask(config: RunConfig, text: Text, known?: Known): Task {
  if (config.data.kind === 'series') return seriesTask(config)
  if (config.data.kind === 'addition') return additionTask(config)
  if (config.data.kind === 'image')
    return config.data.task === 'pixels' ? pixelTask(config) : classTask(config)
  if (config.data.kind === 'memory' || config.data.kind === 'examples')
    return examplesTask(config, text, known && { symbols: known.vocabulary, labels: known.labels })
  return textTask(config, text, known?.vocabulary)
}

/** Where rates of dropout grow or true symbols become rarer, the share of each step is fed with its inputs. */
function fedEachStep({ train }: RunConfig, task: Task): Task {
  const shares: [name: string, at: (step: number) => number][] = []
  if (dropoutGrows(train)) shares.push([growthInput, (step) => grownShare(train, step)])
  if (truthChanges(train)) shares.push([truthInput, (step) => truthShare(train, step)])
  if (shares.length === 0) return task
  return {
    ...task,
    feed(executable, step) {
      task.feed(executable, step)
      for (const [name, at] of shares) executable.write(name, [at(step)])
    },
  }
}

/** `symbols`, `labels`: sizes of the vocabulary and of the classes, where they come from a text. */
export function networkFor(config: RunConfig, symbols: number, labels: number): Model {
  if (config.data.kind === 'memory' || config.data.kind === 'examples')
    return examplesNetwork(config, symbols, labels)
  if (config.data.kind === 'image') return imageNetwork(config)
  if (config.data.kind === 'series') return seriesNetwork(config)
  return config.data.kind === 'addition' ? additionNetwork(config) : textNetwork(config, symbols)
}
