// The programs of the gradient record: the gradient of the training loss by the hidden states, and the spectral radii of the recurrent
// matrices. They read weights and carried states and write nothing.
import type { Options } from '../../contract/config.ts'
import { compile, type SharedArena } from '../compile/compile.ts'
import type { Program } from '../compile/program.ts'
import type { Task } from './task.ts'
import type { Node } from '../graph/node.ts'
import { zeroPerturbation, type Model } from '../nn/model.ts'
import type { TracedPart } from '../nn/stepGraph.ts'
import { weightNodes } from '../nn/weights.ts'
import { totalStepsOf } from '../optim/schedules.ts'
import { stateGradientOutputs } from './stateGradients.ts'
import { radiusCost, radiusProgram, recurrentBlocks } from './radius.ts'

/** The gradient programs of one run, each compiled at its first use; undefined if the task has no traced network. */
export interface GradientPrograms {
  /** For a bucket. */
  at(bucket: number): Program | undefined
  /** For the longest bucket, which determines the memory. */
  longest(): Program | undefined
  radii(): Program | undefined
  /** Whether there are spectral radii that are too expensive to record. */
  leavesOutRadii(): boolean
  /** The programs compiled so far, those that determine the memory included. */
  compiled(): CompiledGradients
}

/** Gradient programs as plain data. */
export interface CompiledGradients {
  byBucket: Map<number, Program | undefined>
  radii: Program | undefined
  leavesOutRadii: boolean
}

/** Spectral radii may cost this many training steps, or this many floating-point operations. */
const [fewSteps, littleWork] = [3, 3e9]

/**
 * The gradient programs of a task; undefined if recording is off or the run is too short. Elman's online rule is the gradient of no loss:
 * the record beside it is the gradient of the whole series at the current weights. The programs run in the arena `kept` of the training
 * program and read weights and carried states there. Those in `compiled` are not compiled again.
 */
export function gradientProgramsOf(
  task: Task,
  { train, logging }: Options<'train' | 'logging'>,
  kept: SharedArena,
  compiled?: CompiledGradients,
): GradientPrograms | undefined {
  const { gradientEvery } = logging
  if (gradientEvery === 0 || totalStepsOf({ train }, task.stepsPerEpoch) < gradientEvery) return undefined
  const made = new Map(compiled?.byBucket)
  let parts: readonly TracedPart[] = []
  const at = (bucket: number) => {
    if (made.has(bucket)) return made.get(bucket)
    const { loss, traced = [] } = task.graph(weightNodes(task.network), bucket, zeroPerturbation)
    parts = traced
    const outputs = parts.map((part) => stateGradientOutputs(loss, part))
    // The loss is an output so that every input of the task has a slot.
    const all = Object.assign({ loss }, ...outputs) as Record<string, Node>
    const program = parts.length > 0 ? compile({ outputs: all, shared: kept }) : undefined
    made.set(bucket, program)
    return program
  }
  const longest = () => at((task.buckets?.count ?? 1) - 1)
  let radii: { program: Program | undefined } | undefined = compiled && { program: compiled.radii }
  const programs: GradientPrograms = {
    at,
    longest,
    radii() {
      if (!longest()) return undefined
      return (radii ??= { program: radiiOf(task.network.weights, parts, task.symbolsPerStep, kept) }).program
    },
    leavesOutRadii: () =>
      compiled?.leavesOutRadii ??
      (longest() !== undefined && isDear(blocksOf(task.network.weights, parts), task.symbolsPerStep)),
    compiled: () => ({
      radii: programs.radii(),
      leavesOutRadii: programs.leavesOutRadii(),
      byBucket: new Map(made),
    }),
  }
  return programs
}

type Parts = readonly Pick<TracedPart, 'part' | 'network'>[]

const blocksOf = (weights: Model['weights'], parts: Parts) =>
  parts.flatMap(({ part, network }) => recurrentBlocks(network.cell, weights, part))

/**
 * The program of the spectral radii of these networks, `weights` by full name; undefined if there are none, or if squaring costs more than
 * a few training steps.
 */
export function radiiOf(
  weights: Model['weights'],
  parts: Parts,
  symbolsPerStep: number,
  kept?: SharedArena,
): Program | undefined {
  const blocks = blocksOf(weights, parts)
  return blocks.length > 0 && !isDear(blocks, symbolsPerStep)
    ? radiusProgram(weights, blocks, kept)
    : undefined
}

function isDear(blocks: ReturnType<typeof recurrentBlocks>, symbolsPerStep: number): boolean {
  // Three products per symbol and weight: forward, gradient of the input, gradient of the weight.
  const step = 6 * symbolsPerStep * blocks.reduce((n, { size }) => n + size * size, 0)
  return radiusCost(blocks) > Math.max(littleWork, fewSteps * step)
}
