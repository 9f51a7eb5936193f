// Where examples come from: lines of a text, or a generator. Both give batches that depend on the step and the seed alone.
import type { RunConfig } from '../../../contract/config.ts'
import type { Warning } from '../../../contract/errors.ts'
import { balanced } from '../../nn/classWeights.ts'
import { seedWords } from '../../nn/initialise.ts'
import type { Text } from '../../data/source.ts'
import type { Known } from '../defineTask.ts'
import type { GeneratedProblem } from '../memoryProblem/problem.ts'
import { freshBatches, heldExamples, sampleExamples, shuffledBatches, type Batches } from './batches.ts'
import type { Example, Problem } from './example.ts'
import { readExamples } from './lines.ts'
import type { LinesData } from './linesData.ts'

/** Fresh examples that count as one epoch, and those held out. */
const freshPerEpoch = 10_000
const heldCount = 1000

export interface Source {
  problem: Problem
  batches: Batches
  /** To learn the usual lengths from. */
  usual: readonly Example[]
  held: readonly Example[]
  /** Examples of one epoch. */
  count: number
  /** By class; 1 everywhere when missing. */
  weights?: readonly number[]
  bytes: number
  warnings: Warning[]
}

type Settings = Pick<RunConfig, 'train' | 'seed'>

export function generatedSource({ train, seed }: Settings, problem: GeneratedProblem): Source {
  return {
    problem,
    batches: freshBatches(problem, train.batch, seedWords(seed), train.buckets > 1, freshPerEpoch),
    usual: sampleExamples(problem, heldCount),
    held: heldExamples(problem, heldCount),
    count: freshPerEpoch,
    bytes: 0,
    warnings: [],
  }
}

/** Throws what readExamples throws. */
export function linesSource({ train, seed }: Settings, data: LinesData, text: Text, known?: Known): Source {
  const given = known && { symbols: known.vocabulary, labels: known.labels }
  const { problem, train: examples, held, counts, bytes, warnings } = readExamples(text, data, given)
  return {
    problem,
    batches: shuffledBatches(problem, examples, train.batch, seedWords(seed), train.buckets > 1),
    usual: examples,
    held,
    count: examples.length,
    ...(train.classWeights === 'balanced' && { weights: balanced(counts) }),
    bytes,
    warnings: [...warnings, ...smallParts(examples.length, held.length, data.validation)],
  }
}

/** Parts with fewer examples teach little, or judge by chance. */
const few = { train: 20, held: 10 }

function smallParts(train: number, held: number, validation: number): Warning[] {
  const say = (message: string): Warning => ({ code: 'W_DATA_FORMAT', message })
  const examples = (n: number) => `${n} ${n === 1 ? 'example' : 'examples'}`
  const warnings: Warning[] = []
  if (train < few.train)
    warnings.push(say(`the training part has only ${examples(train)}: the network will learn them by heart.`))
  if (validation > 0 && held === 0)
    warnings.push(say('no example is held out: there will be no validation figures.'))
  else if (held > 0 && held < few.held)
    warnings.push(
      say(
        `only ${examples(held)} held out: validation figures move by ${Math.round(100 / held)} % with each.`,
      ),
    )
  return warnings
}
