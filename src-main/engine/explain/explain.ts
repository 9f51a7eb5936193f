// The compile report of a training step: the network, its step as written, the compiled program, and its memory.
import type { RunConfig } from '../../contract/config.ts'
import type { NetworkLayer, ProgramGraph, ProgramItem, Section } from '../../contract/programGraph.ts'
import { layerKey, parseLayerKey, splitLayer } from '../../contract/layerPath.ts'
import { largest } from '../../contract/longLists.ts'
import { slotsEnd } from '../compile/allocate.ts'
import type { Compilation } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { CheckpointVocabulary } from '../tasks/defineTask.ts'
import { readingOf, taskOf } from '../tasks/index.ts'
import type { Text } from '../data/source.ts'
import type { Executor } from '../run/executor.ts'
import { checkCellOptions } from '../plan.ts'
import { heldBytes, heldMemory, programsOf, type Programs } from '../training/trainingPrograms.ts'
import { trainingProgram } from '../training/program.ts'
import { findingsOf } from './findings.ts'
import { memoryOf } from './memory.ts'
import { nodeCount, stepGraphs } from './stepGraphs.ts'
import { treeOf } from './tree.ts'
import { loopNames, sectionsOf } from './walk.ts'
import { wordingOf } from './wording.ts'
import type { Model } from '../nn/model.ts'

/**
 * The compile report of a configuration. Throws the errors of planRun for an invalid configuration or text. Without a text, a vocabulary
 * suffices: the program does not depend on the symbols themselves.
 */
export function explainProgram(
  config: RunConfig,
  text: Text | null,
  executor: Executor,
  known?: CheckpointVocabulary,
): ProgramGraph {
  const { bytesPerElement } = executor
  checkCellOptions(config)
  const task = taskOf(config, text ?? placeholderText(config, known?.vocabulary ?? []), known)
  let compilation!: Compilation
  const program = trainingProgram(
    task,
    config,
    (task.buckets?.count ?? 1) - 1,
    (watched) => (compilation = watched),
  )
  const context = {
    sectionOf: sectionsOf(compilation),
    word: wordingOf(compilation.rewritten),
    loopName: loopNames(compilation),
  }
  const steps = stepGraphs(compilation)
  const tree = treeOf(program.code, compilation.block, { ...context, bytesPerElement, program })
  const weights = new Set(task.network.weights.keys())
  const memory = memoryOf(program, compilation, weights, context)
  const bytes = (n: number) => n * bytesPerElement
  const programs = programsOf(task, config)
  // The size of a placeholder text is not reported.
  const held = heldMemory(programs, text === null ? { ...task, dataBytes: 0 } : task, executor)
  return {
    network: layersOf(task.network),
    steps,
    nodes: { before: nodeCount(compilation.roots), after: nodeCount(compilation.rewritten) },
    findings: findingsOf(compilation, steps, tree, context),
    program: tree,
    totals: totalsOf(tree),
    memory: {
      whole: heldBytes(held),
      bytes: bytes(memory.bytes),
      shared: bytes(memory.shared),
      parts: memory.parts.map((part) => ({
        ...part,
        bytes: bytes(part.bytes),
        held: bytes(part.held),
        items: part.items.map((item) => ({ ...item, bytes: bytes(item.bytes) })),
      })),
      others: [
        ...sharedArenaPrograms(programs, memory.bytes).map((o) => ({
          name: o.name,
          bytes: bytes(o.size),
          held: bytes(o.more),
        })),
        { name: 'working space of the kernels', bytes: held.scratch, held: held.scratch },
        { name: 'symbols', bytes: held.data, held: held.data },
      ].filter((o) => o.bytes > 0),
    },
  }
}

/**
 * Programs on the arena of training: `size`, the elements that they use beyond its slots, and `more`, the elements by which they enlarge
 * it.
 */
function sharedArenaPrograms(
  programs: Programs,
  training: number,
): { name: string; size: number; more: number }[] {
  const { train, shorter, evaluation, shorterEvaluation, answers, sample, gradients } = programs
  const named: [string, (Program | undefined)[]][] = [
    ['training on shorter sequences', shorter],
    ['validation', [evaluation, ...shorterEvaluation]],
    ['answers', [answers]],
    ['sampling', [sample]],
    ['gradient record', [gradients?.longest(), gradients?.radii()]],
  ]
  let most = training
  return named.map(([name, all]) => {
    const end = Math.max(0, largest(all.map((program) => program?.size ?? 0)))
    const more = Math.max(0, end - most)
    most += more
    return { name, size: Math.max(0, end - slotsEnd(train.slots)), more }
  })
}

/** A text of symbols of the vocabulary, long enough for one step. */
function placeholderText(config: RunConfig, vocabulary: readonly string[]): string {
  const symbol =
    vocabulary.find((one) => /^[\p{L}\p{N}]+$/u.test(one)) ?? vocabulary.find((one) => one.trim() !== '')
  const words = readingOf(config).unit === 'word'
  const { train } = config
  return `${symbol ?? 'a'}${words ? ' ' : ''}`.repeat(20 * (train.batch * train.window + 100))
}

/** Descriptions of parts outside of the network's own step. */
const auxiliaryParts: Readonly<Record<string, string>> = {
  encoder: 'reads the first sequence',
  bridge: 'from the last states of the encoder to the first of the decoder',
  attention: 'weighs the outputs of the encoder at each step of the decoder',
  professor: 'tells reading from running free',
}

/** The parts of the network with their numbers of parameters, in order. */
function layersOf(network: Model): NetworkLayer[] {
  const { input, cell } = network
  const about = (name: string, units: number): string => {
    if (name === 'embedding')
      return `${input.kind === 'embedding' ? input.symbols : 0} symbols to ${units} numbers`
    if (name === 'readout') return `${units} outputs`
    return auxiliaryParts[name] ?? (parseLayerKey(name) ? cell.title : `${units} units`)
  }
  const parts = new Map<string, NetworkLayer>()
  if (input.kind !== 'embedding') {
    const what = input.kind === 'onehot' ? `${input.symbols} symbols, one-hot` : `${input.size} numbers`
    parts.set('input', { name: 'input', about: what, parameters: 0 })
  }
  for (const [full, { shape }] of network.weights) {
    const first = full.slice(0, full.indexOf('.'))
    const layer = splitLayer(full)?.layer
    const name = layer && layer.part === undefined ? layerKey(layer) : first
    const units = name === 'embedding' ? shape[1]! : shape[0]!
    const beside = name in auxiliaryParts && { beside: true }
    const part = parts.get(name) ?? { name, about: about(name, units), parameters: 0, ...beside }
    part.parameters += shape.reduce((n, d) => n * d, 1)
    parts.set(name, part)
  }
  return [...parts.values()]
}

function totalsOf(tree: readonly ProgramItem[]): ProgramGraph['totals'] {
  const none = () => ({ calls: 0, flops: 0 })
  const totals = { calls: 0, flops: 0, products: 0, bytes: 0 }
  const sections: Record<Section, { calls: number; flops: number }> = {
    forward: none(),
    backward: none(),
    update: none(),
  }
  const add = (item: ProgramItem): void => {
    if ('body' in item) {
      if (item.kernel === 'loop' || item.open) item.body.forEach(add)
      return
    }
    totals.calls += item.times
    totals.flops += item.flops
    totals.bytes += item.bytes
    if (item.kernel === 'gemm') totals.products += item.flops
    sections[item.section].calls += item.times
    sections[item.section].flops += item.flops
  }
  tree.forEach(add)
  return { ...totals, sections }
}
