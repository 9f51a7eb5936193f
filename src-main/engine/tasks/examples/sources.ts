// Sources of examples: lines of a text, or a generator. Batches depend only on the step and the seed.
import type { RunConfig } from '../../../contract/config.ts'
import type { Warning } from '../../../contract/errors.ts'
import { balanced } from '../../nn/classWeights.ts'
import { seedWords } from '../../nn/initialise.ts'
import type { Text } from '../../data/source.ts'
import type { CheckpointVocabulary } from '../defineTask.ts'
import type { GeneratedProblem } from '../memoryProblem/problem.ts'
import { freshBatches, heldOutExamples, lengthSample, shuffledBatches, type Batches } from './batches.ts'
import { classBaselines } from './classBaselines.ts'
import type { Example, Problem } from './example.ts'
import { readExamples } from './lines.ts'
import type { LinesData } from './linesData.ts'
import type { HeldOut } from '../heldOut.ts'
import { heldOutOfProblem } from './heldOut.ts'

/** Generated problems: examples per epoch, and number of held-out examples. */
const freshPerEpoch = 10_000
const heldOutCount = 1000

/** Batches of examples for training, and examples for validation. */
export interface Source {
  problem: Problem
  batches: Batches
  /** Examples from which bucket lengths and the mean length are estimated. */
  lengthSample: readonly Example[]
  heldOut: readonly Example[]
  /** Examples of one epoch. */
  count: number
  /** Class weights; all 1 by default. */
  weights?: readonly number[]
  /** Whether the answers are texts, which are scored as translations are. */
  textAnswers?: true
  /** What counting alone reaches on the held-out examples, by metric; see classBaselines. */
  baselines?(): Record<string, number>
  bytes: number
  warnings: Warning[]
}

type BatchOptions = Pick<RunConfig, 'train' | 'seed'>

/** Source of a generated problem. */
export function generatedSource({ train, seed }: BatchOptions, problem: GeneratedProblem): Source {
  return {
    problem,
    batches: freshBatches(problem, train.batch, seedWords(seed), train.buckets > 1, freshPerEpoch),
    lengthSample: lengthSample(problem, heldOutCount),
    heldOut: heldOutExamples(problem, heldOutCount),
    count: freshPerEpoch,
    bytes: 0,
    warnings: [],
  }
}

/** The held-out examples of a generated problem. */
export const generatedHeldOut = (config: BatchOptions, problem: GeneratedProblem): HeldOut =>
  heldOutOfProblem(
    config,
    problem,
    heldOutExamples(problem, heldOutCount),
    lengthSample(problem, heldOutCount),
  )

/** Source of a text with one example per line; throws the errors of readExamples. */
export function linesSource(
  { train, seed }: BatchOptions,
  data: LinesData,
  text: Text,
  known?: CheckpointVocabulary,
): Source {
  const given = known && { symbols: known.vocabulary, labels: known.labels }
  const { problem, train: examples, heldOut, counts, bytes, warnings } = readExamples(text, data, given)
  return {
    problem,
    batches: shuffledBatches(problem, examples, train.batch, seedWords(seed), train.buckets > 1),
    lengthSample: examples,
    heldOut,
    count: examples.length,
    ...(train.classWeights === 'balanced' && { weights: balanced(counts) }),
    ...(problem.topology === 'pair'
      ? { textAnswers: true }
      : { baselines: () => classBaselines(problem, examples, heldOut) }),
    bytes,
    warnings: [...warnings, ...smallPartWarnings(examples.length, heldOut.length, data.validation)],
  }
}

/** Smallest parts without a warning; smaller ones overfit, or give noisy validation metrics. */
const minExamples = { train: 20, heldOut: 10 }

function smallPartWarnings(train: number, heldOut: number, validation: number): Warning[] {
  const say = (message: string): Warning => ({ code: 'W_DATA_FORMAT', message })
  const examples = (n: number) => `${n} ${n === 1 ? 'example' : 'examples'}`
  const warnings: Warning[] = []
  if (train < minExamples.train)
    warnings.push(say(`the training part has only ${examples(train)}: the network will memorise them.`))
  if (validation > 0 && heldOut === 0)
    warnings.push(say('no example is held out: there will be no validation metrics.'))
  else if (heldOut > 0 && heldOut < minExamples.heldOut)
    warnings.push(
      say(
        `only ${examples(heldOut)} held out: validation metrics change by ${Math.round(100 / heldOut)} % with each example.`,
      ),
    )
  return warnings
}
