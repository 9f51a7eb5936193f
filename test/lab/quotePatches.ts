// What must hold of patching: with the opening mark of a quotation replaced by a space, the quote unit alone, set to its clean value 15 characters before
// the end, brings the closing mark back.
import type { TrainedModel } from '../../src-main/engine/index.ts'
import { patchUnits } from '../../src-main/engine/probes/patching.ts'
import { median, type Check } from './bed.ts'

const quotations = 12
const shortest = 25
const before = 15
/** Characters that are read before the opening mark. */
const warmUp = 100

/** Texts from `warmUp` characters before a long quotation to its closing mark, and the place of the opening mark in them. */
function quotationsOf(text: string): { clean: string; mark: number }[] {
  return [...text.matchAll(/"[^"]*"/g)]
    .filter(([whole], i) => i > 0 && whole.length - 2 >= shortest)
    .filter(({ index }) => index >= warmUp)
    .slice(0, quotations)
    .map(({ 0: whole, index }) => ({ clean: text.slice(index - warmUp, index + whole.length), mark: warmUp }))
}

export function patchChecks(model: TrainedModel, text: string, unit: number): Check[] {
  const found = quotationsOf(text).map(({ clean, mark }) => {
    const corrupted = `${clean.slice(0, mark)} ${clean.slice(mark + 1)}`
    const at = [clean.length - 1 - before]
    const { recovery } = patchUnits(model, { clean, corrupted, layer: 0, signal: 'c', at })
    const sorted = [...recovery].sort((a, b) => b - a)
    return { share: recovery[unit]!, rank: 1 + sorted.indexOf(recovery[unit]!) }
  })
  return [
    {
      name: 'patched into text without the opening mark: share of the gap that comes back',
      measured: median(found.map(({ share }) => share)),
      must: { atLeast: 0.9 },
    },
    {
      name: 'patched: rank of the quote unit',
      measured: median(found.map(({ rank }) => rank)),
      must: { atMost: 1 },
    },
  ]
}
