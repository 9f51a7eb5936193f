// Scores of the outputs of a pair over the held-out examples: BLEU, chrF and, of a beam search, exact match; beside them what copying the source
// and always giving the most frequent output reach. Everything here is counted outside of the programs.
import { bleu, bleuCounts, chrf, chrfCounts } from '../../data/textScores.ts'
import type { BeamPath } from '../../nn/beam.ts'
import type { Example, Problem } from './example.ts'
import { classNames } from './lines.ts'
import { joinSymbols } from './table.ts'

const record = (name: string, counts: readonly number[]): [string, number][] =>
  counts.map((count, i) => [`${name}.${i}`, count])
const counted = (name: string, sums: Readonly<Record<string, number>>): number[] => {
  const counts: number[] = []
  for (let i = 0; `${name}.${i}` in sums; i++) counts.push(sums[`${name}.${i}`]!)
  return counts
}

/** Adds the second sums to the first. */
export function addSums(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + value
}

/** Symbols of the input and of the answer of an example, as the text has them. */
export function writtenSymbols(problem: Problem, { input, answer, written }: Example) {
  const names = classNames(problem)
  return {
    source: written?.input ?? Array.from(input, (id) => problem.symbols[id]!),
    reference: written?.answer ?? Array.from(answer, (id) => names[id]!),
  }
}

/** Whether an output of a beam search is exactly the answer, and whether it has its length. */
export function pathSums({ answer }: Example, { ids, ended }: BeamPath): Record<string, number> {
  const lengths = Number(ended && ids.length === answer.length + 1)
  return { exact: lengths * Number(Array.from(answer).every((id, t) => id === ids[t])), lengths }
}

/** How the outputs of `heldOut` are scored; `training`: from whose answers the most frequent one is taken. */
export function textScores(problem: Problem, heldOut: readonly Example[], training: readonly Example[]) {
  const names = classNames(problem)
  const end = names.length - 1
  const join = (symbols: readonly string[]) => joinSymbols(problem, symbols)
  const countsOf = (output: readonly string[], reference: readonly string[]) =>
    Object.fromEntries([
      ...record('bleu', bleuCounts(output, reference)),
      ...record('chrf', chrfCounts(join(output), join(reference))),
    ])
  let cached: Record<string, number> | undefined
  return {
    /** Counts of one output: its ids up to the end token, if it has one. */
    sums(example: Example, ids: readonly number[]): Record<string, number> {
      const stop = ids.indexOf(end)
      const output = (stop < 0 ? ids : ids.slice(0, stop)).map((id) => names[id]!)
      return countsOf(output, writtenSymbols(problem, example).reference)
    },
    metrics: (sums: Readonly<Record<string, number>>): Record<string, number> => ({
      'val/bleu': bleu(counted('bleu', sums)),
      'val/chrf': chrf(counted('chrf', sums)),
      ...(cached ??= baselines()),
    }),
  }

  /** What copying the source and the most frequent answer of the training part reach. */
  function baselines(): Record<string, number> {
    const times = new Map<string, { count: number; symbols: string[] }>()
    for (const example of training) {
      const { reference } = writtenSymbols(problem, example)
      const known = times.get(join(reference)) ?? { count: 0, symbols: [...reference] }
      known.count++
      times.set(join(reference), known)
    }
    const frequent = [...times.values()].reduce((a, b) => (b.count > a.count ? b : a)).symbols
    const [copied, constant] = [{}, {}]
    let [copiedRight, constantRight] = [0, 0]
    for (const example of heldOut) {
      const { source, reference } = writtenSymbols(problem, example)
      addSums(copied, countsOf(source, reference))
      addSums(constant, countsOf(frequent, reference))
      copiedRight += Number(join(source) === join(reference))
      constantRight += Number(join(frequent) === join(reference))
    }
    return {
      'val/bleu_copy': bleu(counted('bleu', copied)),
      'val/chrf_copy': chrf(counted('chrf', copied)),
      'val/chrf_most_frequent': chrf(counted('chrf', constant)),
      'val/sequence_accuracy_baseline': Math.max(copiedRight, constantRight) / heldOut.length,
    }
  }
}
