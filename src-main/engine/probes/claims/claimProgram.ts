// The program that reads rows of symbols side by side and records the signals that claims are about, and its run over a layout.
import { largest } from '../../../contract/longLists.ts'
import { compile, type SharedArena } from '../../compile/compile.ts'
import type { Program } from '../../compile/program.ts'
import type { Node } from '../../graph/node.ts'
import { concat, input, mul, state } from '../../graph/ops.ts'
import { signalKey } from '../../nn/model.ts'
import { stateShapes, type SequenceNetwork } from '../../nn/network.ts'
import { traceModel } from '../../nn/traceModel.ts'
import type { Weights } from '../../nn/weights.ts'
import type { Executable } from '../../run/executor.ts'
import type { ClaimLayout } from './claimText.ts'

/** A signal of a layer, its directions concatenated. */
export interface RecordedSignal {
  layer: number
  signal: string
}

/** Inputs: `ids` (T, B); `keep` (0: start from zero states); with `masked` `mask` (T, B). Outputs: the signals, `0.c` (T, B, units). */
export function claimProgram(
  network: SequenceNetwork,
  weights: Weights,
  signals: readonly RecordedSignal[],
  { steps, batch, masked }: Pick<ClaimLayout, 'steps' | 'batch' | 'masked'>,
  kept?: SharedArena,
): Program {
  const carried = stateShapes(network).map(({ name, size }) => state(`carry.${name}`, [batch, size]))
  const keep = input('keep', [])
  const init = carried.map((c) => mul(c, keep))
  const trace = traceModel(network, weights, input('ids', [steps, batch]), {
    init,
    ...(masked && { mask: input('mask', [steps, batch]) }),
    watch: ({ index }, id) => signals.some(({ layer, signal }) => layer === index && signal === id),
  })
  const outputs = signals.map(({ layer, signal }): [string, Node] => {
    const parts = network.layers[layer]!.scans.map(({ path }) => trace.signals.get(signalKey(path, signal))!)
    return [signalKey({ index: layer }, signal), parts.length > 1 ? concat(parts, -1) : parts[0]!]
  })
  return compile({
    outputs: Object.fromEntries(outputs),
    updates: carried.map((c, i): [Node, Node] => [c, trace.final[i]!]),
    ...(kept && { shared: kept }),
  })
}

/**
 * Runs the program over the layout and calls `onValue(index of the position, index in the outputs' units)` once for each counted symbol:
 * `offsets[s]` is where the units of signal s begin in `views[s]`. Returns false if `cancel` ended it.
 */
export function readRows(
  executable: Executable,
  network: SequenceNetwork,
  signals: readonly RecordedSignal[],
  { groups, batch, steps, masked }: ClaimLayout,
  onSymbol: (position: number, views: readonly ArrayLike<number>[], offsets: readonly number[]) => void,
  cancel?: Int32Array,
): boolean {
  const ids = new Float64Array(steps * batch)
  const mask = new Float64Array(steps * batch)
  const { slots } = executable.program
  const sizes = signals.map(({ layer }) => network.layers[layer]!.outputSize)
  const stepsPerOutput = signals.map(({ layer }) => network.subsample ** (layer + 1))
  const offsets = signals.map(() => 0)
  for (const group of groups) {
    const longest = largest(group.map(({ from, end }) => end - from))
    for (let done = 0; done < longest; done += steps) {
      ids.fill(-1)
      mask.fill(0)
      group.forEach(({ ids: own, from, end }, b) => {
        for (let t = 0; t < steps && from + done + t < end; t++) {
          ids[t * batch + b] = own[from + done + t]!
          mask[t * batch + b] = 1
        }
      })
      executable.write('ids', ids)
      if (masked) executable.write('mask', mask)
      if (slots.has('keep')) executable.write('keep', [done === 0 ? 0 : 1])
      if (!executable.run({ seed: [0, 0], step: 0, ...(cancel && { cancel }) })) return false
      const views = signals.map(({ layer, signal }) => executable.view(signalKey({ index: layer }, signal)))
      group.forEach(({ from, start, end, at }, b) => {
        for (let t = Math.max(0, start - from - done); t < steps && from + done + t < end; t++) {
          signals.forEach((_, s) => {
            offsets[s] = (Math.floor(t / stepsPerOutput[s]!) * batch + b) * sizes[s]!
          })
          onSymbol(at + from + done + t - start, views, offsets)
        }
      })
    }
  }
  return true
}
