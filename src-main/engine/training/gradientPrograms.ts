// The programs of the gradient through time: beside the training one, they derive the same loss by the hidden states and measure the
// recurrent matrices. They read weights and carried states and write nothing.
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

/** The programs of one run, each laid out when it is first asked for; undefined where the task names no network to be followed. */
export interface GradientPrograms {
  /** For a padded length. */
  at(bucket: number): Program | undefined
  /** For the longest, the one that decides about memory. */
  longest(): Program | undefined
  radii(): Program | undefined
  /** Whether there are radii, but too dear to be recorded. */
  leavesOutRadii(): boolean
  /** What is compiled so far, with what decides about memory. */
  compiled(): CompiledGradients
}

/** Gradient programs as plain data. */
export interface CompiledGradients {
  byBucket: Map<number, Program | undefined>
  radii: Program | undefined
  leavesOutRadii: boolean
}

/** Radii may cost as much as so many training steps, or what any machine does in no time. */
const [fewSteps, littleWork] = [3, 3e9]

/**
 * undefined where nothing is to be recorded: switched off, too short a run. Elman's rule follows no one gradient; what is recorded beside it
 * is that of the whole series' loss at the weights of then, of which the rule walks a part. The programs run on the memory `kept` of the
 * training program and read weights and carried states there. Those in `compiled` are not compiled again.
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
    // The loss is among the outputs so that every input that the task feeds has its place.
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
 * The program of all spectral radii of these networks, `weights` by their full names; undefined where there are none, or where squaring costs
 * more than a few training steps.
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
  // A weight takes part in three products per symbol: forward, to what it reads, to itself.
  const step = 6 * symbolsPerStep * blocks.reduce((n, { size }) => n + size * size, 0)
  return radiusCost(blocks) > Math.max(littleWork, fewSteps * step)
}
