// What a training step of a model reaches on this machine, beside what the machine could do.
import type { Section } from './programGraph.ts'

/** One kernel call of the step, alone. */
export interface BenchCall {
  kernel: string
  title: string
  section: Section
  times: number
  /** Per training step. */
  seconds: number
  /** Of all calls, 0..1. */
  share: number
  flops: number
  /** As in ProgramCall. */
  bytes: number
  /** What limits it at the roofline. */
  bound: 'compute' | 'memory'
  /** Seconds at the roofline: max(flops / peak, bytes / bandwidth). */
  roof: number
  /** seconds / roof. Below 1: its data came from a cache. */
  distance: number
}

export interface BenchReport {
  executor: string
  threads: number
  /** Multiply-adds of these cores, FLOP/s, and copying of memory, bytes/s; null without the native core. */
  peak: { flops: number; bandwidth: number } | null
  /** Median and fastest training step as a run makes it. */
  seconds: { median: number; fastest: number }
  steps: number
  symbolsPerStep: number
  /** Per step: of products, and of everything. */
  work: { products: number; flops: number }
  memoryBytes: number
  compileSeconds: number
  /** The dearest first; empty when not asked for. */
  calls: BenchCall[]
}
