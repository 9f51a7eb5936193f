// Suggests an option for an unknown key: by the names in PyTorch, Keras and others first, then by edit distance.
import { nearest } from './errors.ts'
import type { Field } from './fields.ts'

export type NamedOption = Pick<Field, 'path' | 'title' | 'also'>

/** Keys beside the options of data, model and training. */
export const otherOptions: readonly NamedOption[] = [
  { path: 'name', title: 'Name', also: 'run_name experiment' },
  { path: 'seed', title: 'Seed', also: 'random_seed random_state manual_seed' },
]

const leafOf = (path: string) => path.slice(path.lastIndexOf('.') + 1)
/** learning_rate, learningRate and Learning rate are equal. */
const normalized = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Paths by each bare name: key, title, names elsewhere. Built once per list of options. */
const indexes = new WeakMap<readonly NamedOption[], Map<string, string[]>>()

function indexOf(options: readonly NamedOption[]): Map<string, string[]> {
  const known = indexes.get(options)
  if (known) return known
  const index = new Map<string, string[]>()
  for (const { path, title, also = '' } of options)
    for (const name of new Set([leafOf(path), title, ...also.split(' ')].map(normalized)))
      if (name) index.set(name, [...(index.get(name) ?? []), path])
  indexes.set(options, index)
  return index
}

/** The path of the option with the synonym `word` (a key or a dotted path); one of the same group if there is one. */
export function synonymOf(word: string, options: readonly NamedOption[]): string | undefined {
  if (word.length > 200) return undefined
  const paths = indexOf(options).get(normalized(leafOf(word))) ?? []
  const group = word.slice(0, word.lastIndexOf('.') + 1)
  return paths.find((path) => group !== '' && path.startsWith(group)) ?? paths[0]
}

/** The path of the option that `word` may mean: by synonym, else by edit distance. */
export function optionLike(word: string, options: readonly NamedOption[]): string | undefined {
  const synonym = synonymOf(word, options)
  if (synonym) return synonym
  const near = nearest(normalized(leafOf(word.slice(-200))), [...indexOf(options).keys()])
  return near === undefined ? undefined : synonymOf(word.slice(0, word.lastIndexOf('.') + 1) + near, options)
}
