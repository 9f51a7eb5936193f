// Rows of the metrics that a validation of examples records. The task states the unit and the criterion of a right answer.
import { validationLoss, type MetricRow } from '../../../contract/metrics.ts'

export const answerLoss: MetricRow = {
  ...validationLoss,
  unit: 'nats or squared error per answer',
  about:
    'Mean loss over all answers of the held-out examples, without class weights; with a stop output the squared error and the cross-entropy of stopping, added.',
}

/** Row of the accuracy; `right` completes "where right is ...". */
export const answerAccuracy = (right: string): MetricRow => ({
  name: 'val/accuracy',
  title: 'Accuracy',
  direction: 'max',
  unit: 'fraction',
  about: `Fraction of right answers over all answers of the held-out examples, where right is ${right}.`,
})

export const mostProbable = 'the most probable class'

/** Row of the exact match; `right` is a clause that says when a whole example is right. */
export const exactMatch = (right: string): MetricRow => ({
  name: 'val/sequence_accuracy',
  title: 'Exact match',
  direction: 'max',
  unit: 'fraction',
  about: `Fraction of held-out examples that are right as a whole: ${right}.`,
})

const accuracyBaseline = (name: string, title: string, about: string): MetricRow => ({
  name: `val/accuracy_${name}`,
  title: `Accuracy, ${title}`,
  direction: 'max',
  unit: 'fraction',
  about: `Fraction of right answers ${about}: a baseline.`,
})

/** Baselines of a class per text. */
export const classBaselineRows: readonly MetricRow[] = [
  accuracyBaseline('majority', 'majority', 'if every held-out text got the most frequent class of the training part'),
  accuracyBaseline('naive_bayes', 'naive Bayes', 'of multinomial naive Bayes over the same words of the same texts, one added to every count; only for words'),
] // prettier-ignore

/** Baseline of a tag per word. */
export const tagBaselineRow: MetricRow = accuracyBaseline(
  'most_frequent_tag',
  'most frequent tag',
  'if every word got its most frequent tag in the training part, and a word that is not in it the most frequent tag of the unknown word there or, without one, of all words',
)

export const lengthAccuracy: MetricRow = {
  name: 'val/length_accuracy',
  title: 'Length accuracy',
  direction: 'max',
  unit: 'fraction',
  about:
    'Fraction of held-out examples whose answer ends at the right step: its first end token, or its first stop output above 0.5.',
}

/** Grammars only; the threshold is 0.3 for reber, 0.15 / (kinds of brackets) for dyck. */
export const legalSetAccuracy: MetricRow = {
  name: 'val/legal_set_accuracy',
  title: 'Legal set accuracy',
  direction: 'max',
  unit: 'fraction',
  about:
    'Fraction of all positions of the held-out strings at which just the symbols that the grammar allows next have more than a threshold of probability.',
}

export const squaredError: MetricRow = {
  name: 'val/mse',
  title: 'Mean squared error',
  direction: 'min',
  unit: 'squared error',
  about: 'Mean squared error over all numbers answered in the held-out examples.',
}

const outputs = 'the outputs of decoding (greedy, or the beam search of logging.beam)'
const score = (name: string, title: string, about: string): MetricRow => ({
  name: `val/${name}`,
  title,
  direction: 'max',
  unit: '0 to 100',
  about,
})

/** Scores of output texts, and what copying the source and the most frequent output reach. */
export const textMetrics: readonly MetricRow[] = [
  score('bleu', 'BLEU', `Corpus BLEU of ${outputs} over all held-out examples: n-grams of 1 to 4 symbols of the run, characters or words, smoothed as in sacreBLEU (Papineni et al. 2002).`),
  score('chrf', 'chrF', `Corpus chrF of ${outputs} over all held-out examples: n-grams of 1 to 6 characters without white space, recall counts twice as much (Popovic 2015).`),
  score('bleu_copy', 'BLEU, source copied', 'BLEU if the output were the source of each held-out example: a baseline.'),
  score('chrf_copy', 'chrF, source copied', 'chrF if the output were the source of each held-out example: a baseline.'),
  score('chrf_most_frequent', 'chrF, most frequent output', 'chrF if the output were always the most frequent answer of the training part: a baseline.'),
  {
    name: 'val/sequence_accuracy_baseline',
    title: 'Exact match, baseline',
    direction: 'max',
    unit: 'fraction',
    about: 'Fraction of held-out examples that copying the source, or always the most frequent answer of the training part, gets right: the larger one.',
  },
] // prettier-ignore
