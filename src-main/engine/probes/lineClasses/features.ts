// What a unit says of a whole line: its mean over the line, its value after the last symbol, its largest and its smallest value. Each line is
// read from the zero state.
import { lineFeatures, type LineFeature } from '../../../contract/analyses.ts'
import { signalKey } from '../../nn/model.ts'
import { openReader, sequenceOf, type TrainedModel } from '../model.ts'
import { chunkLength } from '../record.ts'
import type { Executable } from '../../run/executor.ts'

/** Lines that are read side by side. */
const sideBySide = 32

/** Values of each feature for the units of one layer, (lines, units). */
export type LayerFeatures = Record<LineFeature, Float32Array> & { units: number }

/** Reads lines of symbols (at least one each) and gives the features of a signal in each layer. */
export function featuresOfLines(
  model: TrainedModel,
  lines: readonly Int32Array[],
  signal: string,
): LayerFeatures[] {
  const network = sequenceOf(model)
  const layers = network.layers.map(({ outputSize: units }): LayerFeatures => {
    const zeros = lineFeatures.map((feature) => [feature, new Float32Array(lines.length * units)])
    return { ...(Object.fromEntries(zeros) as Record<LineFeature, Float32Array>), units }
  })
  const programs = new Map<string, Executable>()
  const open = (steps: number, batch: number): Executable => {
    const key = `${steps} ${batch}`
    const known = programs.get(key)
    if (known) return known
    const watch = (_: unknown, id: string) => id === signal
    const executable = openReader(model, { extent: [steps], batch, outputs: false, watch })
    programs.set(key, executable)
    return executable
  }
  const total = lines.reduce((sum, line) => sum + line.length, 0)
  let done = 0
  for (const group of groupsOf(lines, network.bidirectional || network.subsample > 1)) {
    const longest = lines[group.at(-1)!]!.length
    const steps = chunkLength(network, longest)
    const executable = open(steps, group.length)
    const ids = executable.view('ids')
    for (let from = 0; from < longest; from += steps) {
      for (let t = 0; t < steps; t++)
        group.forEach((line, b) => (ids[t * group.length + b] = lines[line]![from + t] ?? -1))
      if (executable.program.slots.has('keep')) executable.write('keep', [from === 0 ? 0 : 1])
      executable.run({ seed: [0, 0], step: 0 })
      layers.forEach((features, layer) => {
        const values = executable.view(signalKey({ index: layer }, signal))
        addSteps(features, lines, group, {
          values,
          from,
          steps,
          stepsPerValue: network.subsample ** (layer + 1),
        })
      })
    }
    for (const line of group) done += lines[line]!.length
    model.control?.progress?.(done, total)
  }
  for (const executable of programs.values()) executable.dispose()
  return layers
}

/** Indices of lines of nearly the same length, the shortest first; `exact`: of the same length, for networks that need a line as a whole. */
function groupsOf(lines: readonly Int32Array[], exact: boolean): number[][] {
  const order = [...lines.keys()].sort((a, b) => lines[a]!.length - lines[b]!.length)
  const groups: number[][] = []
  for (const line of order) {
    const group = groups.at(-1)
    const fits = group && (!exact || lines[group[0]!]!.length === lines[line]!.length)
    if (fits && group.length < sideBySide) group.push(line)
    else groups.push([line])
  }
  return groups
}

interface Steps {
  /** (steps / stepsPerValue, lines of the group, units). */
  values: Float32Array | Float64Array
  from: number
  steps: number
  stepsPerValue: number
}

function addSteps(
  { units, mean, last, max, min }: LayerFeatures,
  lines: readonly Int32Array[],
  group: readonly number[],
  { values, from, steps, stepsPerValue }: Steps,
): void {
  group.forEach((line, b) => {
    const { length } = lines[line]!
    const row = line * units
    for (let t = 0; t < Math.min(steps, length - from); t++) {
      const at = (Math.floor(t / stepsPerValue) * group.length + b) * units
      const isFirst = from + t === 0
      for (let unit = 0; unit < units; unit++) {
        const value = values[at + unit]!
        const place = row + unit
        mean[place]! += value / length
        last[place] = value
        max[place] = isFirst ? value : Math.max(max[place]!, value)
        min[place] = isFirst ? value : Math.min(min[place]!, value)
      }
    }
  })
}
