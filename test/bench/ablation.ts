// Times the ablation of every unit by itself: 128 units of an LSTM over 10,000 characters, on one thread and on two, beside the time that the
// recurrent products alone take at the peak rate of a core.
import { proseText } from '../../src-main/engine/data/prose.ts'
import { chooseExecutor, openModel } from '../../src-main/engine/index.ts'
import { ablationEffects } from '../../src-main/engine/probes/effect.ts'
import { loadAddon } from '../../src-main/engine/run/native.ts'
import { checkpointOf } from './openedModel.ts'
import type { Row } from './rates.ts'

const [hidden, length] = [128, 10_000]

/** A row per number of threads; seconds of the clock and of the processor, which differ where other work runs. */
export function ablationScan(seconds: number): Row[] {
  const addon = loadAddon()
  if ('unavailable' in addon) throw new Error(`the bench measures the native core: ${addon.unavailable}`)
  const floor = ((hidden + 1) * length * 2 * 4 * hidden * hidden) / 1e9 / addon.fmaPeak(300)
  const text = proseText().slice(0, length)
  const checkpoint = checkpointOf(hidden, text, chooseExecutor('native', 1).executor)
  return [1, 2].map((threads) => {
    const model = openModel(checkpoint, chooseExecutor('native', threads).executor)
    let [clock, processor] = [Infinity, Infinity]
    const begin = performance.now()
    for (let runs = 0; runs < 2 || performance.now() - begin < seconds * 1000; runs++) {
      const [start, used] = [performance.now(), process.cpuUsage()]
      ablationEffects(model, { text, layer: 0, signal: 'c', operation: 'set(mean)' })
      const { user, system } = process.cpuUsage(used)
      clock = Math.min(clock, (performance.now() - start) / 1000)
      processor = Math.min(processor, (user + system) / 1e6)
    }
    return {
      workload: `ablation of ${hidden} units, ${length} characters, ${threads} thread${threads > 1 ? 's' : ''}`,
      seconds: +clock.toFixed(2),
      'processor s': +processor.toFixed(2),
      'products at peak, 1 thread': +floor.toFixed(2),
      asked: 1.5,
    }
  })
}
