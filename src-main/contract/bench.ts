// Benchmark of a training step on this machine, beside the machine's limits.
import type { Section } from './programGraph.ts'

/** One kernel call of the step, measured alone. */
export interface BenchCall {
  kernel: string
  title: string
  section: Section
  times: number
  /** Per training step. */
  seconds: number
  /** Share of the time of all calls, 0..1. */
  share: number
  flops: number
  /** As in ProgramCall. */
  bytes: number
  /** Which limit of the roofline applies. */
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
  /** Median and fastest time of a training step. */
  seconds: { median: number; fastest: number }
  steps: number
  symbolsPerStep: number
  /** Per step: operations of matrix products, and of all calls. */
  work: { products: number; flops: number }
  memoryBytes: number
  compileSeconds: number
  /** The slowest first; empty if not requested. */
  calls: BenchCall[]
}
