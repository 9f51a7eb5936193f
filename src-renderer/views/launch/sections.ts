// How the form is divided: what is seen at once and what folds away. A field that is not named here
// stands with the first of its group, so nothing new is ever lost.
import type { Field } from '@contract/fields.ts'
import { shownFields, type FieldGroups, type FormValue, type FormValues } from '../../forms/values.ts'

export interface Section {
  id: string
  title: string
  fields: Field[]
  /** A fork goes on with given weights: what shaped them is fixed. */
  fixed: boolean
  folded: boolean
}

const folds: readonly { id: string; title: string; of: 'model' | 'train'; names: readonly string[] }[] = [
  { id: 'shape', title: 'Shape of the network', of: 'model', names: ['sizes', 'head', 'bidirectional', 'subsample', 'residual', 'pooling', 'embeddingInit', 'embeddingScale', 'init', 'recurrentInit'] },
  { id: 'optimiser', title: 'Optimiser', of: 'train', names: ['warmup', 'warmupSteps', 'decay', 'decayEvery', 'momentum', 'rho', 'beta1', 'beta2', 'epsilon', 'damping', 'structuralDamping', 'cgIterations', 'cgDecay', 'preconditioner', 'fisherProbes', 'cgBacktracking', 'lineSearch', 'weightDecay', 'clip', 'clipValue', 'gradientNoise'] },
  { id: 'regularisation', title: 'Regularisation', of: 'train', names: ['dropout', 'dropoutLinks', 'dropoutMask', 'embeddingDropout', 'recurrentDropout', 'recurrentDropoutOn', 'dropoutGrowth', 'zoneout', 'activityPenalty', 'fraternal', 'omega'] },
  { id: 'inputs', title: 'Inputs and loss', of: 'train', names: ['stride', 'carry', 'buckets', 'forcing', 'forcingRatio', 'forcingHalf', 'forcingFloor', 'forcingUnit', 'ownSymbol', 'professorUnits', 'professorSees', 'professorWeight', 'loss', 'labelWeights'] },
  { id: 'recording', title: 'Recording and machine', of: 'train', names: ['logEvery', 'evalEvery', 'sampleEvery', 'flowEvery', 'checkpointEvery', 'stopWhenSolved', 'threads', 'executor', 'precision'] },
] // prettier-ignore

/** The folded section in which a field stands; undefined for those that are seen at once. */
export const foldOf = (path: string): string | undefined =>
  folds.find(({ of, names }) => names.some((name) => path === `${of}.${name}`))?.id

/** All sections with the fields that count at these values, in the order of the form; empty ones are left out. */
export function sectionsOf(groups: FieldGroups, values: FormValues): Section[] {
  const shown = (fields: Field[]) => shownFields(fields, groups, values)
  const model = shown(groups.model)
  const train = shown(groups.train)
  const open = (fields: Field[]) => fields.filter((field) => !foldOf(field.path))
  const folded = (of: 'model' | 'train', from: Field[]): Section[] =>
    folds
      .filter((fold) => fold.of === of)
      .map(({ id, title }) => ({
        id,
        title,
        fields: from.filter((field) => foldOf(field.path) === id),
        fixed: of === 'model',
        folded: true,
      }))
  const sections: Section[] = [
    { id: 'data', title: 'Data', fields: shown(groups.data), fixed: true, folded: false },
    { id: 'model', title: 'Model', fields: [...open(model), ...shown(groups.cell)], fixed: true, folded: false }, // prettier-ignore
    ...folded('model', model),
    { id: 'train', title: 'Training', fields: open(train), fixed: false, folded: false },
    ...folded('train', train),
  ]
  return sections.filter(({ id, fields }) => id === 'data' || fields.length > 0)
}

/**
 * What a folded section says of itself: the settings that differ from what the form began with (`base`; a default where it says nothing),
 * else those that the base sets, else what can be set there.
 */
export function summaryOf(
  { fields }: Section,
  values: FormValues,
  base: FormValues,
  show: (value: FormValue) => string,
): string {
  const changedFrom = (before: (field: Field) => FormValue) =>
    fields.filter((field) => values[field.path] !== before(field))
  const own = changedFrom((field) => base[field.path] ?? field.default)
  const changed = own.length > 0 ? own : changedFrom((field) => field.default)
  if (changed.length === 0) return fields.map((field) => field.title).join(', ')
  return changed.map((field) => `${field.title}: ${show(values[field.path])}`).join(', ')
}
