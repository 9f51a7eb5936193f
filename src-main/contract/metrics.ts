// The definition of a metric: title, better direction, unit, and what is averaged over what. The metrics of every training are defined here,
// those of a task in the task's row. A metric without a definition has its name as the title and does not rank runs.
import type { TaskFacts } from './taskInfo.ts'

/** Whether lower or higher values of a metric are better; null: neither. */
export type Direction = 'min' | 'max' | null

/** The definition of a metric. */
export interface MetricRow {
  /** Name as recorded: `val/accuracy`. A `*` stands for the key of a layer or the name of a weight, with one metric for each. */
  name: string
  /** Standard name, without the part of the data: "Accuracy". */
  title: string
  direction: Direction
  /** "nats per token"; "fraction" is 0 to 1; '' if it has no unit. */
  unit: string
  /** One sentence: what is averaged over what. */
  about: string
  /**
   * Options that values depend on besides the data, so that only runs with equal ones are ranked. `loss`: the loss function and the class
   * weights. `objective`: these and the penalties that training adds.
   */
  dependsOn?: 'loss' | 'objective'
}

export const validationLoss: MetricRow = {
  name: 'val/loss',
  title: 'Loss',
  direction: 'min',
  unit: 'nats or squared error',
  about: 'Mean loss over all answers of the held-out data, without class weights and penalties.',
  dependsOn: 'loss',
}

export const trainingLoss: MetricRow = {
  name: 'train/loss',
  title: 'Loss',
  direction: 'min',
  unit: 'nats or squared error',
  about:
    'Mean of the trained loss, penalties and class weights included, over all answers since the last point, whatever the batch size.',
  dependsOn: 'objective',
}

export const tokensPerSecond: MetricRow = {
  name: 'train/tokens_per_second',
  title: 'Tokens per second',
  direction: null,
  unit: 'tokens per second',
  about:
    'Tokens (characters, words, pixels, steps of a sequence) over the time spent in training steps since the last point.',
}

export const gradientRatio: MetricRow = {
  name: 'gradient_ratio/*',
  title: 'Gradient ratio, first step / last',
  direction: null,
  unit: '',
  about:
    "Norm of the last step's loss gradient by the hidden state at the first step over that at the last, each a mean over the sequences of the batch.",
}

export const spectralRadius: MetricRow = {
  name: 'spectral_radius/*',
  title: 'Spectral radius',
  direction: null,
  unit: '',
  about: 'Largest absolute eigenvalue of a recurrent matrix, one per gate where several are stacked.',
}

export const claimAuc: MetricRow = {
  name: 'claim/*/auc',
  title: 'Claim, AUC',
  direction: 'max',
  unit: '',
  about:
    'Area under the ROC curve of the unit of a claim against its predicate, over held-out text: 0.5 by chance, 1 if the unit separates all positions. Of the best unit: chosen on the first half of the text, measured on the second.',
}

export const claimUnit: MetricRow = {
  name: 'claim/*/unit',
  title: 'Claim, best unit',
  direction: null,
  unit: '',
  about: 'Index of the unit that is best for the claim on the first half of the text.',
}

/** Metrics that a training of any task may record. */
export const commonMetrics: readonly MetricRow[] = [
  trainingLoss,
  { ...trainingLoss, name: 'train/epoch_loss', title: 'Loss per epoch', about: 'Mean of the trained loss over all answers of one whole epoch.' },
  validationLoss,
  { name: 'train/gradient_norm', title: 'Gradient norm', direction: null, unit: '', about: 'Euclidean norm of the gradient by all weights before clipping, mean over the updates since the last point.' },
  { name: 'train/learning_rate', title: 'Learning rate', direction: null, unit: '', about: 'Learning rate of the last update.' },
  tokensPerSecond,
  { name: 'train/teacher_forcing_ratio', title: 'Teacher forcing ratio', direction: null, unit: 'fraction', about: 'Probability of reading the true token instead of one of its own at the last update, in scheduled sampling and with a fixed ratio.' },
  { name: 'train/discriminator_loss', title: 'Discriminator loss', direction: null, unit: 'nats', about: 'Professor forcing: mean cross-entropy of the discriminator over the sequences since the last point.', dependsOn: 'loss' },
  { name: 'train/discriminator_accuracy', title: 'Discriminator accuracy', direction: null, unit: 'fraction', about: 'Professor forcing: fraction of the sequences since the last point that the discriminator tells apart, teacher forced from free running.' },
  { name: 'train/vanishing_gradient_penalty', title: 'Vanishing-gradient penalty', direction: null, unit: '', about: 'Penalty on vanishing gradients (Pascanu et al. 2013) before its factor, mean over the sequences since the last point.' },
  { name: 'train/damping', title: 'Damping', direction: null, unit: '', about: 'Hessian-free: Levenberg-Marquardt damping, mean over the updates since the last point.' },
  { name: 'train/step_length', title: 'Step length', direction: null, unit: '', about: 'Hessian-free: factor on the update that the line search chose, mean over the updates since the last point.' },
  gradientRatio,
  spectralRadius,
  claimAuc,
  claimUnit,
] // prettier-ignore

const splitAtStar = (pattern: string): [before: string, after: string] | undefined => {
  const star = pattern.indexOf('*')
  return star < 0 ? undefined : [pattern.slice(0, star), pattern.slice(star + 1)]
}

/** The part of `name` that the `*` of `pattern` matches, '' for equal names without one; undefined if `name` does not match. */
export function matchPattern(pattern: string, name: string): string | undefined {
  const parts = splitAtStar(pattern)
  if (!parts) return pattern === name ? '' : undefined
  const [before, after] = parts
  const fits = name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after)
  return fits ? name.slice(before.length, name.length - after.length) : undefined
}

/** The pattern with its `*` replaced by `key`. */
export const fillPattern = (pattern: string, key: string): string => pattern.replace('*', () => key)

/** The definition of a metric, the task's one first; undefined if there is none. */
export const metricRow = (name: string, ofTask: readonly MetricRow[] = []): MetricRow | undefined =>
  [...ofTask, ...commonMetrics].find((row) => matchPattern(row.name, name) !== undefined)

/** The better direction of a metric in the runs of a task. */
export const directionOf = (name: string, { directions }: Pick<TaskFacts, 'directions'>): Direction =>
  Object.hasOwn(directions, name) ? directions[name]! : (metricRow(name)?.direction ?? null)

const parts: Readonly<Record<string, string>> = { train: 'Training', val: 'Validation', test: 'Test' }

/** The title with the part of the data on which the metric is measured: "Validation accuracy". */
export function fullTitle({ name, title }: Pick<MetricRow, 'name' | 'title'>): string {
  const part = parts[name.split('/')[0]!]
  return part && title !== name ? `${part} ${title[0]!.toLowerCase()}${title.slice(1)}` : title
}

/** The summary of the metric that ranks a run, else of its training loss; undefined if neither is recorded yet. */
export const rankingSummary = <S extends { name: string }>(run: {
  task: Pick<TaskFacts, 'rankedBy'>
  summaries: readonly S[]
}): S | undefined =>
  [run.task.rankedBy, trainingLoss.name].flatMap(
    (name) => run.summaries.find((one) => one.name === name) ?? [],
  )[0]
