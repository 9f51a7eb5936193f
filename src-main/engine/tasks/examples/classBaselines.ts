// What the held-out texts and symbols of a classifier are told by counting alone, in the training part of the same run: baselines of its accuracy.
import type { Example, Problem } from './example.ts'

/** Index of the largest number, the first of equal ones. */
const indexOfLargest = (values: ArrayLike<number>): number => {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}

/** Fractions of the held-out answers that the baselines of the problem give right, by metric; {} for a problem without classes of texts. */
export function classBaselines(
  { topology, output, symbols, words }: Problem,
  training: readonly Example[],
  heldOut: readonly Example[],
): Record<string, number> {
  if (output.kind !== 'classes' || training.length === 0 || heldOut.length === 0) return {}
  if (topology === 'each')
    return { 'val/accuracy_most_frequent_tag': mostFrequentTag(training, heldOut, output.count) }
  if (topology !== 'one') return {}
  return {
    'val/accuracy_majority': majority(training, heldOut, output.count),
    ...(words && {
      'val/accuracy_naive_bayes': naiveBayes(training, heldOut, {
        classes: output.count,
        symbols: symbols.length,
      }),
    }),
  }
}

const fractionRight = (heldOut: readonly Example[], answer: (example: Example) => number): number =>
  heldOut.filter((example) => answer(example) === example.answer[0]).length / heldOut.length

/** Always the most frequent class of the training part. */
function majority(training: readonly Example[], heldOut: readonly Example[], classes: number): number {
  const counts = new Float64Array(classes)
  for (const { answer } of training) counts[answer[0]!]!++
  const most = indexOfLargest(counts)
  return fractionRight(heldOut, () => most)
}

/** Multinomial naive Bayes over the words as the network reads them, the unknown word included, with one added to every count. */
function naiveBayes(
  training: readonly Example[],
  heldOut: readonly Example[],
  { classes, symbols }: { classes: number; symbols: number },
): number {
  const counts = new Float64Array(classes * symbols).fill(1)
  const words = new Float64Array(classes).fill(symbols)
  const texts = new Float64Array(classes)
  for (const { input, answer } of training) {
    const label = answer[0]!
    texts[label]!++
    words[label]! += input.length
    for (let t = 0; t < input.length; t++) counts[label * symbols + input[t]!]!++
  }
  return fractionRight(heldOut, ({ input }) => {
    const scores = Array.from(texts, (n, label) => {
      let score = Math.log(n) - input.length * Math.log(words[label]!)
      for (let t = 0; t < input.length; t++) score += Math.log(counts[label * symbols + input[t]!]!)
      return score
    })
    return indexOfLargest(scores)
  })
}

/**
 * The tag that each word has most often in the training part. The unknown word stands for rare words there, so it has a tag of its own; it
 * and any word that the training part lacks otherwise get the most frequent tag of all.
 */
function mostFrequentTag(training: readonly Example[], heldOut: readonly Example[], classes: number): number {
  const all = new Float64Array(classes)
  const byWord = new Map<number, Float64Array>()
  for (const { input, answer } of training)
    for (let t = 0; t < input.length; t++) {
      const tags = byWord.get(input[t]!) ?? new Float64Array(classes)
      byWord.set(input[t]!, tags)
      tags[answer[t]!]!++
      all[answer[t]!]!++
    }
  const usual = indexOfLargest(all)
  const tagOf = new Map([...byWord].map(([word, tags]) => [word, indexOfLargest(tags)]))
  let [right, count] = [0, 0]
  for (const { input, answer } of heldOut)
    for (let t = 0; t < input.length; t++) {
      count++
      if ((tagOf.get(input[t]!) ?? usual) === answer[t]) right++
    }
  return right / count
}
