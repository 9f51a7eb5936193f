// What the units are compared with: the predicate on two halves of the text, its circular shifts (what chance finds among so many units), and
// random labels per type of symbol (what knowing the symbol alone would find).
import { UnrollError } from '../../../contract/errors.ts'
import { randomStream } from '../../run/random.ts'

const shifts = 4
/** Shortest shift in symbols; a tenth of a text that is too short for it. */
const shortestShift = 2000
const controls = 3
const controlSeed = { seed: [0x756e6974, 0], step: 0 } as const
const controlStream = 0x636f6e74

/** One target of the search at T positions: labels of 0 and 1, or numbers. */
export type Target = Uint8Array | Float64Array

export interface Targets {
  predicate: Target
  /** Where the predicate is cut into its halves. */
  cut: number
  shifted: Target[]
  perType: Target[]
}

/** The targets of a predicate. `types`: the id of the symbol at each position. Throws E_ARG if it is constant in one half. */
export function targetsOf(predicate: Target, types: Int32Array, name: string): Targets {
  const cut = cutOf(predicate)
  refuseConstant(predicate, cut, name)
  const length = predicate.length
  const least = Math.min(shortestShift, Math.floor(length / 10))
  const shifted = Array.from({ length: shifts }, (_, s) => {
    const by = least + Math.floor(((length - 2 * least) * s) / shifts)
    return predicate.map((_, t) => predicate[(t + by) % length]!) as Target
  })
  const random = randomStream(controlSeed, controlStream)
  const perType = Array.from({ length: controls }, () =>
    predicate instanceof Uint8Array
      ? labelsPerType(predicate, types, random.uniform)
      : numbersPerType(types, random.normal),
  )
  return { predicate, cut, shifted, perType }
}

const isConstant = (values: Target): boolean => !values.some((value) => value !== values[0])

/**
 * The position at which labels or numbers are cut into halves: the middle, or for labels that are constant on one side of it, such as one
 * painted span, the middle of the positions labelled 1.
 */
export function cutOf(target: Target): number {
  const middle = target.length >> 1
  if (target instanceof Float64Array || !halvesOf(target, middle).some(isConstant)) return middle
  let left = target.reduce((sum, label) => sum + label, 0) >> 1
  const cut = target.findIndex((label) => label === 1 && left-- === 0)
  return cut > 0 ? cut : middle
}

/** Both halves of a target: units are ranked on the first and reported on the second. */
export const halvesOf = <T extends Target>(target: T, cut: number): [ranking: T, reporting: T] => [
  target.subarray(0, cut) as T,
  target.subarray(cut) as T,
]

function refuseConstant(predicate: Target, cut: number, name: string): void {
  const quoted = name.length > 60 ? `${name.slice(0, 60)}…` : name
  for (const half of halvesOf(predicate, cut)) {
    if (!isConstant(half)) continue
    const how =
      predicate instanceof Float64Array
        ? `is ${half[0]} at every symbol`
        : half[0]
          ? 'always holds'
          : 'never holds'
    throw new UnrollError(
      'E_ARG',
      `predicate: ${quoted} ${how} in one half of this text. Use a longer text or another predicate.`,
      { path: 'predicate' },
    )
  }
}

/** A label for each type at random, so many that about as many positions are labelled as with the predicate; at least one type and not all. */
function labelsPerType(predicate: Uint8Array, types: Int32Array, uniform: () => number): Uint8Array {
  const counts = new Map<number, number>()
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1)
  const order = [...counts.keys()].map((type) => ({ type, key: uniform() })).sort((a, b) => a.key - b.key)
  let left = predicate.reduce((sum, label) => sum + label, 0)
  const chosen = new Set<number>()
  for (const { type } of order.slice(0, -1)) {
    const count = counts.get(type)!
    // A type that overshoots more than it fills is left out, unless it is the only one.
    if (count > 2 * left && chosen.size > 0) continue
    if (left <= 0) break
    chosen.add(type)
    left -= count
  }
  return Uint8Array.from(types, (type) => (chosen.has(type) ? 1 : 0))
}

function numbersPerType(types: Int32Array, normal: () => number): Float64Array {
  const values = new Map<number, number>()
  return Float64Array.from(types, (type) => {
    const value = values.get(type) ?? normal()
    values.set(type, value)
    return value
  })
}
