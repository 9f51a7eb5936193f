// Sections of the form: fields that are always visible and collapsible sections. A field that is not listed here is visible in the section
// of its group.
import type { Field } from '@contract/fields.ts'
import {
  shownFields,
  trainingGroups,
  type FieldGroups,
  type TrainingGroup,
  type FormValue,
  type FormValues,
} from '../../forms/values.ts'

export interface Section {
  id: string
  title: string
  fields: Field[]
  /** Whether a fork cannot change the fields: data and model are those of its checkpoint. */
  fixed: boolean
  folded: boolean
}

/** Options of the network that stand in a folded section of their own. */
const shape = [
  'hiddenReadout',
  'bidirectional',
  'subsample',
  'residual',
  'pooling',
  'attention',
  'embeddingInit',
  'embeddingScale',
  'init',
  'recurrentInit',
].map((name) => `model.${name}`)

/** Options of training that are seen at once; the rest of each group is folded. */
const inFront = ['train.bptt', 'train.window', 'train.batch', 'train.steps', 'train.epochs', 'optimizer.name', 'optimizer.lr', 'schedule.name'] // prettier-ignore

const titles: Record<TrainingGroup, string> = {
  train: 'Sequences and loss',
  optimizer: 'Optimiser',
  schedule: 'Learning rate schedule',
  regularization: 'Regularisation',
  forcing: 'Teacher forcing',
  logging: 'Logging',
  runtime: 'Runtime',
}

/** Id of the collapsible section of a field; undefined for a field that is always visible. */
export function foldOf(path: string): string | undefined {
  if (shape.includes(path)) return 'shape'
  return inFront.includes(path) ? undefined : trainingGroups.find((group) => path.startsWith(`${group}.`))
}

/** The sections with the fields that apply at these values, in the order of the form, without empty ones. */
export function sectionsOf(groups: FieldGroups, values: FormValues): Section[] {
  const shown = (fields: Field[]) => shownFields(fields, groups, values)
  const model = shown(groups.model)
  const training = shown(trainingGroups.flatMap((group) => groups.training[group]))
  const inFold = (fields: Field[], fold: string | undefined) =>
    fields.filter(({ path }) => foldOf(path) === fold)
  const sections: Section[] = [
    { id: 'data', title: 'Data', fields: shown(groups.data), fixed: true, folded: false },
    { id: 'model', title: 'Model', fields: [...inFold(model, undefined), ...shown(groups.cell)], fixed: true, folded: false },
    { id: 'shape', title: 'Shape of the network', fields: inFold(model, 'shape'), fixed: true, folded: true },
    { id: 'training', title: 'Training', fields: inFold(training, undefined), fixed: false, folded: false },
    ...trainingGroups.map((id) => ({ id, title: titles[id], fields: inFold(training, id), fixed: false, folded: true })),
  ] // prettier-ignore
  return sections.filter(({ id, fields }) => id === 'data' || fields.length > 0)
}

/**
 * Summary of a collapsed section: the settings that differ from the initial ones (`base`, else the default), else those that `base` sets,
 * else the titles of its fields.
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
