// What replaces the inputs of an example in the occlusion: the training mean or a number for numbers; an id of the training examples for symbols and pixels.
import { UnrollError } from '../../../contract/errors.ts'
import { largestFirst } from '../../generation/sample.ts'
import { frequencies } from '../attribution/occlusion.ts'
import type { ExampleInputs } from './inputs.ts'
import { unknownName } from './unknownName.ts'

/** The replacement of every input, (P, D) numbers or an id per place, and what it is in words. */
export interface Baseline {
  values: Float64Array
  about: string
}

const refuse = (message: string) => new UnrollError('E_ARG', `baseline: ${message}`, { path: 'baseline' })

/** The baseline that was asked for: `mean` or a number; of ids a symbol or gray level, the most frequent ones if left out. Throws E_ARG. */
export function baselineOf(inputs: ExampleInputs, asked: string | undefined): Baseline {
  return inputs.ids ? idBaseline(inputs, inputs.ids.names, asked) : numberBaseline(inputs, asked)
}

function numberBaseline({ values, dimensions, training }: ExampleInputs, asked = 'mean'): Baseline {
  const size = dimensions.length
  if (asked === 'mean') {
    const all = training()
    const means = dimensions.map((_, d) => {
      let sum = 0
      for (let i = d; i < all.length; i += size) sum += all[i]!
      return sum / (all.length / size)
    })
    const shown = dimensions.map((name, d) => `${name} ${Number(means[d]!.toPrecision(3))}`).join(', ')
    return {
      values: values.map((_, i) => means[i % size]!),
      about: `the mean of the training examples (${shown})`,
    }
  }
  const value = Number(asked)
  if (asked.trim() === '' || !Number.isFinite(value))
    throw refuse(`${JSON.stringify(asked)} is not a number. Give one, or "mean" for the training mean.`)
  return { values: values.map(() => value), about: `the number ${value}` }
}

function idBaseline(inputs: ExampleInputs, names: readonly string[], asked: string | undefined): Baseline {
  const { values, picture } = inputs
  const what = picture ? 'gray level' : 'symbol'
  if (asked !== undefined) {
    const id = names.indexOf(asked)
    if (id < 0) throw unknownName('baseline', asked, `a ${what}`, names)
    return { values: values.map(() => id), about: `the ${what} ${names[id]}` }
  }
  const [first = 0, second = first] = largestFirst(
    frequencies(Int32Array.from(inputs.training()), names.length),
    2,
  )
  return {
    values: values.map((id) => (id === first ? second : first)),
    about: `the most frequent ${what} of the training examples, ${names[first]} (${names[second]} where it is ${names[first]})`,
  }
}
