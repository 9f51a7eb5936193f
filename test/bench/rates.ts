// Throughput of one workload, ours and PyTorch's in turns, so that a busy moment of the machine does not fall on one side alone. The
// figure of a side is the best of its medians.
import { openOurs } from './ours.ts'
import type { Peer } from './peer.ts'
import { workloadById, type Workload } from './workloads.ts'

export interface RateOptions {
  /** Per side and turn. */
  seconds: number
  /** GFLOP/s of one core in fused multiply-adds. */
  peak: number
  /** Also a peer whose cell went through torch.compile, for cells that PyTorch lacks. */
  compile: boolean
}

export type Row = Record<string, string | number>

const turns = 2
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!

/** Median seconds of a step of ours, after two steps of warming up. */
function stepSeconds(w: Workload, seconds: number): number {
  const ours = openOurs(w)
  const times: number[] = []
  ours.step()
  ours.step()
  const end = performance.now() + seconds * 1000
  while (performance.now() < end || times.length < 3) {
    const start = performance.now()
    ours.step()
    times.push((performance.now() - start) / 1000)
  }
  ours.close()
  return median(times)
}

/** What a step of ours means: symbols, and nominal GFLOP per symbol. */
function sizeOf(w: Workload): { symbols: number; gflop: number } {
  const ours = openOurs(w)
  ours.close()
  return { symbols: ours.symbolsPerStep, gflop: ours.flopsPerSymbol / 1e9 }
}

export async function measureRate(
  w: Workload,
  peer: Peer | undefined,
  { seconds, peak, compile }: RateOptions,
): Promise<Row> {
  const { symbols, gflop } = sizeOf(w)
  const plain = w.plain === undefined ? undefined : workloadById(w.plain)
  const alone = w.threads > 1 ? { ...w, threads: 1 } : undefined
  const sides = { ours: [], plain: [], alone: [], peer: [], compiled: [] } as Record<string, number[]>
  const loops = plain !== undefined
  let warm = 0
  for (let turn = 0; turn < turns; turn++) {
    sides.ours!.push(stepSeconds(w, seconds))
    if (plain) sides.plain!.push(stepSeconds(plain, seconds))
    if (alone) sides.alone!.push(stepSeconds(alone, seconds))
    if (peer) sides.peer!.push(median((await peer.measure(w, seconds)).times))
    if (peer && compile && loops) {
      const compiled = await peer.measure(w, seconds, { compile: true })
      sides.compiled!.push(median(compiled.times))
      warm = Math.max(warm, compiled.warm)
    }
  }
  const rate = (side: string) => symbols / Math.min(...sides[side]!)
  const thousands = (r: number) => +(r / 1e3).toFixed(1)
  const gflops = rate('ours') * gflop
  const row: Row = {
    workload: w.id,
    'ours k tokens/s': thousands(rate('ours')),
    'ours GFLOP/s': +gflops.toFixed(1),
    'share of peak': percent(gflops / (peak * w.threads)),
  }
  if (plain) row['of plain LSTM'] = percent(gflops / (rate('plain') * sizeOf(plain).gflop))
  if (alone) row['of 1 thread'] = +(rate('ours') / rate('alone')).toFixed(2)
  if (!peer) return row
  row['PyTorch k tokens/s'] = thousands(rate('peer'))
  if (sides.compiled!.length > 0) {
    row['compiled k tokens/s'] = thousands(rate('compiled'))
    row['compiling s'] = +warm.toFixed(0)
  }
  const best = Math.max(rate('peer'), sides.compiled!.length > 0 ? rate('compiled') : 0)
  row['ratio'] = +(rate('ours') / best).toFixed(2)
  row['asked'] = w.target
  return row
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`
