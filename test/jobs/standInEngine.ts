// A small engine for tests of workers and services: same face, same rules about events and checkpoints, no mathematics. Its loss is a
// fixed function of seed and step; the cell's name chooses a way to fail; `lr` is the time of a step in milliseconds.
import { taskFacts } from '../../src-main/engine/tasks/index.ts'
import { createHash } from 'node:crypto'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import { wholeText } from '../../src-main/engine/data/source.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import type { Training, TrainingEvent } from '../../src-main/engine/training/training.ts'
import type { CompiledRun, Engine, TrainedModel } from '../../src-main/jobs/engine.ts'
import { fakeBench, fakeGraph } from '../standIn/graph.ts'
import { analysisProbes, saliencyProbes } from './standInProbes.ts'
import { fakeCard } from '../standIn/unitCard.ts'
import { fromGroups } from '../../src-main/contract/config.ts'

interface State {
  config: RunConfig
  step: number
  /** Grows with every step: what "weights" are here. */
  weight: number
  finite: boolean
}

const encode = (state: State) => new TextEncoder().encode(JSON.stringify(state))
function decode(bytes: Uint8Array): State {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as State
  } catch {
    throw new UnrollError('E_MODEL_HEADER', 'model file: the header is not JSON.')
  }
}

/** Loss of a step: anything that is a function of seed and step, with a NaN now and then. */
export const lossAt = (seed: number, step: number): number =>
  step % 97 === 0 ? NaN : createHash('sha1').update(`${seed} ${step}`).digest().readUInt32BE(0) / 2 ** 32

/** A gradient record of three steps: anything that is a function of seed and step. */
function flowAt(seed: number, step: number): TrainingEvent {
  const last = Float64Array.of(lossAt(seed, step), NaN, 1)
  const layers = [{ layer: 'layers.0', norms: last.map((v) => 2 * v), last }]
  const radii = [{ name: 'layers.0.w', value: 1 / step }]
  const values = { 'spectral_radius/layers.0.w': 1 / step }
  return { kind: 'flow', step, point: { step, stride: 1, layers, radii }, values }
}

/** Reads a hundred symbols in ten seconds, or until the call is cancelled. */
function readSlowly(control: TrainedModel['control']): void {
  for (let done = 1; done <= 100; done++) {
    sleep(100)
    control?.progress?.(done, 100)
    if (control?.cancel && Atomics.load(control.cancel, 0) !== 0)
      throw new UnrollError('E_CANCELLED', 'The reading was cancelled.')
  }
}

const sleep = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

export const openTraining: Engine['openTraining'] = (start): Training => {
  const { config, control } = start
  const { cell } = config.model
  const resumed = start.resume && decode(start.resume)
  const given = start.weights && decode(start.weights)
  if (given && given.config.model.hidden !== config.model.hidden)
    throw new UnrollError('E_MODEL_MISMATCH', 'model file: weights do not fit.')
  const state: State = {
    config,
    step: resumed?.step ?? 0,
    weight: resumed?.weight ?? given?.weight ?? config.seed,
    finite: true,
  }
  const { steps } = config.train
  const { lr } = config.optimizer
  const { logEvery, sampleEvery, gradientEvery, checkpointEvery } = config.logging

  function* events(): Generator<TrainingEvent, void, void> {
    while (state.step < steps) {
      sleep(lr)
      if (control && Atomics.load(control, 0) !== 0) {
        yield { kind: 'step', step: state.step, epoch: 0 }
        continue
      }
      const step = state.step + 1
      if (cell === 'throws' && step === 5) throw new Error('a bug in the engine')
      if (cell === 'exits' && step === 5) process.exit(3)
      if (cell === 'eats') for (const heap: unknown[] = []; ;) heap.push(new Array(1000).fill(step))
      if (cell === 'hangs' && step === 5) for (;;) sleep(1000)
      if (cell === 'diverges' && step === 25) {
        yield { kind: 'diverged', step: state.step, what: 'loss is NaN' }
        return
      }
      state.step = step
      state.weight += lossAt(config.seed, step) || 0
      if (step % logEvery === 0)
        yield {
          kind: 'metrics',
          step,
          values: { 'train/loss': lossAt(config.seed, step), 'train/weight': state.weight },
        }
      if (sampleEvery && step % sampleEvery === 0) yield { kind: 'sample', step, text: `text ${step}` }
      if (gradientEvery && step % gradientEvery === 0) yield flowAt(config.seed, step)
      if (step % checkpointEvery === 0)
        yield { kind: 'checkpoint', step, loss: lossAt(config.seed, step), best: step === checkpointEvery }
      yield { kind: 'step', step, epoch: Math.floor(step / 100) }
    }
    yield { kind: 'done', step: state.step, solved: false }
  }
  return {
    parameters: 7,
    memoryBytes: 1000,
    totalSteps: steps,
    stepsPerEpoch: 100,
    symbolsPerStep: 10,
    executor: 'stand-in',
    get step() {
      return state.step
    },
    events,
    read: (pin) => ({
      step: state.step,
      layer: 0,
      signal: 'h',
      unit: 0,
      tokens: [...(pin.text ?? 'ab')],
      spaces: [],
      values: new Float32Array(2),
    }),
    checkpoint: () => encode(state),
    isFinite: () => cell !== 'overflows' || state.step < 30,
  }
}

const executor = { id: 'reference', description: 'stand-in', bytesPerElement: 8 } as Executor
export const chooseExecutor: Engine['chooseExecutor'] = () => ({ executor })
export const checkCellOptions: Engine['checkCellOptions'] = (config) => {
  if (config.model.cell === 'nosuch')
    throw new UnrollError('E_CONFIG_UNKNOWN', 'model.cell: unknown', { path: 'model.cell' })
}
export const compileRun: Engine['compileRun'] = () => ({}) as CompiledRun
export const planRun: Engine['planRun'] = (config, text) => ({
  parameters: 7,
  memoryBytes: 1000,
  memory: { programs: 900, scratch: 80, data: 20 },
  availableBytes: 2000,
  limit: '2000 bytes of free memory',
  stepsPerEpoch: 100,
  totalSteps: config.train.steps,
  symbolsPerStep: 10,
  vocabulary: new Set(wholeText(text)).size,
  symbols: { train: wholeText(text).length, validation: 0 },
  executor: 'stand-in',
  warnings: [],
})
/** What commands read of a model; the rest of one has no meaning here. */
export const openModel: Engine['openModel'] = (bytes) =>
  ({ ...decode(bytes), vocabulary: ['a', 'b'] }) as unknown as TrainedModel

const onImages = ({ config }: TrainedModel): number => {
  const { imageSize } = taskFacts(config)
  if (imageSize > 0) return imageSize
  throw new UnrollError('E_ARG', 'id: the stand-in was trained on no images.', { path: 'id' })
}
/** `count` images, black but for the pixel of each one's number. */
const images = (size: number, count: number) => ({
  rows: size,
  columns: size,
  levels: 2,
  pictures: Array.from({ length: count }, (_, i) => ({
    pixels: '0'.repeat(i) + '1'.padEnd(size * size - i, '0'),
  })),
})
const noEffect = (step: number, text: string) => ({
  step,
  positions: text.length,
  predicate: null,
  loss: 1,
  classes: [],
  effects: [],
})
export const probes: Engine['probes'] = {
  'inspect.text'(model, { text, layer, signal }) {
    if (model.config.model.cell === 'explodes') process.exit(4)
    if (model.config.model.cell === 'reads-slowly') readSlowly(model.control)
    const tokens = [...text]
    return {
      tokens, spaces: tokens.map(() => ''), layer, signal, units: 1, values: Float32Array.from(tokens, () => model.step), lo: -1, hi: 1, surprisal: new Float32Array(tokens.length),
      nextIds: new Int32Array(0), nextProbabilities: new Float32Array(0), k: 0, vocabulary: model.vocabulary, step: model.step,
    }
  },
  'inspect.find': ({ step }, { text, lines, predicate }) => ({ kind: 'boolean', predicate, positions: lines ? lines().reduce((sum, { source }) => sum + source.symbols.length, 0) : [...text].length, positives: 1, units: 1, nullAuc: 0.5, controlAuc: 0.5, dense: { layer: 0, signal: 'h', auc: 0.5, controlAuc: 0.5 }, scores: [], step }),
  'inspect.saturation': ({ step }, { text }) => ({ positions: [...text].length, units: [], step }),
  'inspect.cell': ({ step }, { text, layer, unit }) => ({ layer, unit, step, signals: [], values: new Float32Array([...text].length), back: 1 }),
  'inspect.unit': ({ step }, { layer, signal, unit, offset }) => fakeCard({ layer, signal, unit, units: 1, step, offset }),
  'inspect.effect': ({ step }, { text, variants }) => ({ ...noEffect(step, text), effects: variants.map((interventions) => ({ interventions, all: 0, classes: [] })) }),
  'inspect.causal': ({ step }, { text, layer, signal, unit }) => ({ layer, signal, unit, operations: [], effect: noEffect(step, text), medians: { all: 0, classes: [] }, largerShare: 0, used: [] }),
  'inspect.patch': ({ step }, { layer, signal, at = [], clean, corrupted }) => ({ step, layer, signal, at, tokens: { clean: [...clean], corrupted: [...corrupted] }, units: 0, clean: 0, corrupted: 0, recovery: new Float64Array(0) }),
  'inspect.claims': ({ step }, { claims }) => ({ step, results: claims.map(({ key, unit, sign }) => ({ key, auc: 0.98, unit: unit ?? 0, sign, positives: 1, positions: 2, reason: null })) }),
  'inspect.ablation': ({ step }, { text }) => noEffect(step, text),
  'inspect.image'(model, { layer, signal, direction }) {
    const size = onImages(model)
    return {
      picture: images(size, 1), layer, signal, direction, directions: ['down-right'], units: 1, values: new Float32Array(size * size).fill(model.step), lo: -1, hi: 1, step: model.step,
    }
  },
  ...analysisProbes,
  ...saliencyProbes,
  'apply.images': ({ step }, { files }) => ({ step, images: files.map(({ name }) => ({ name, rows: 1, columns: 1, classes: [] })), pictures: { rows: 1, columns: 1, levels: 2, pictures: [] }, expected: null }),
  'apply.series': ({ step }, { values = [] }) => ({ step, records: values.length, read: 1, labels: [], horizon: 1, level: null, columns: [], warnings: [] }),
  'apply.texts': ({ step }, { texts }) => ({ answers: texts.map((text) => ({ symbols: [...text], unknown: [], omitted: 0, answer: { kind: 'class', classes: [] } })), step }),
  'apply.heldOut': ({ step }, { example, data }) => ({ text: wholeText(data()), expected: 'up', example, examples: 3, step }),
  'inspect.answers': ({ step }, { data }) => ({ rows: [], matching: 0, answers: wholeText(data()).length, examples: 3, of: 'texts', confusion: [], step }),
  'sample.rates': ({ step }, { predicate, samples, generate, seed }) => ({ step, predicate, among: null, samples, length: generate, seed, variants: [] }),
  'sample.music': ({ step }, { data, count, length, seed }) => ({ framesPerQuarter: 1, tempo: 120, pieces: Array.from({ length: count }, () => Array.from({ length }, () => '60').join(' ')), given: wholeText(data()).length, example: null, warnings: [], seed, step }),
  'sample.images': (model, { count, seed }) => ({ drawn: images(onImages(model), count), seed, step: model.step }),
} // prettier-ignore

export const sampleText: Engine['sampleText'] = function* (_model, { length, seed }) {
  for (let i = 0; i < length; i++) {
    sleep(2)
    yield { id: i, text: String((seed + i) % 10), probability: 0.1, alternatives: [] }
  }
}
export const catalog: Engine['catalog'] = () => ({
  cells: [],
  presets: [],
  tasks: [],
  fields: fromGroups(() => []),
})
export const builtinText: Engine['builtinText'] = (id) =>
  ({
    prose: 'He said "yes (no)". '.repeat(200),
    reviews: 'good\tyes\nbad\tno\n'.repeat(50),
    sentences: 'the/DET dog/NN\n',
    numerals: 'one\t1\n',
    waves: 'hour,value\n0,1\n1,2\n',
    'word-order': 'a b\tb a\n',
    'mackey-glass': 't,x\n0,1\n1,2\n',
    'drawn-digits': '{"form":"images","rows":1,"columns":3,"classes":["a"]}\na\tAAAA\n',
    'moving-shapes': '{"form":"frames","rows":1,"columns":3}\n\tAAAA\n',
    chorales: '60+64 62 .\n',
    'two-tone': 'good\tofad vas.\nbad\tdaf vas.\n'.repeat(50),
  })[id]
export const readCheckpoint: Engine['readCheckpoint'] = (bytes) => {
  const { config, step, finite } = decode(bytes)
  const warnings = finite ? [] : [{ code: 'W_MODEL_NONFINITE' as const, message: '1 weight is NaN.' }]
  return {
    config,
    step,
    vocabulary: ['a', 'b'],
    labels: [],
    parts: 'full',
    tensors: new Map([['w', { shape: [1], data: Float64Array.of(1) }]]),
    warnings,
  }
}
export const exportWeights: Engine['exportWeights'] = (bytes) => encode(decode(bytes))
export const checkpointOfWeights: Engine['checkpointOfWeights'] = (_bytes, config) =>
  encode({ config, step: 0, weight: 0, finite: true })

export const explainProgram: Engine['explainProgram'] = () => fakeGraph
export const benchText: Engine['benchText'] = (symbols) => 'ab'.repeat(symbols)
export const benchStep: Engine['benchStep'] = () => fakeBench

/** All that jobs and services use of an engine is here. */
void ({
  benchStep,
  benchText,
  builtinText,
  catalog,
  checkCellOptions,
  checkpointOfWeights,
  chooseExecutor,
  compileRun,
  explainProgram,
  exportWeights,
  openModel,
  openTraining,
  planRun,
  probes,
  readCheckpoint,
  sampleText,
} satisfies Engine)
