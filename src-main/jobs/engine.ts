// What jobs and services need of the engine: its public face as one type, so that tests can drive workers with a small stand-in.
import type { BenchReport } from '../contract/bench.ts'
import type { Catalog, Plan } from '../contract/catalog.ts'
import type { RunConfig } from '../contract/config.ts'
import type { Warning } from '../contract/errors.ts'
import type {
  DrawnPictures,
  PictureSignals,
  Predicate,
  SampleToken,
  SignalGrid,
  UnitRanking,
} from '../contract/inspect.ts'
import type { ProgramGraph } from '../contract/programGraph.ts'
import type { Text } from '../engine/data/source.ts'
import type { Executor } from '../engine/run/executor.ts'
import type { Training, TrainingStart } from '../engine/training/training.ts'
import type { Looks } from './protocol.ts'

/** What is known of any loaded model; the rest is the engine's own business. */
export interface LoadedModel {
  readonly config: RunConfig
  readonly step: number
  readonly vocabulary: string[]
}

export interface Engine {
  chooseExecutor(
    wanted: 'auto' | 'native' | 'reference',
    threads: number,
  ): { executor: Executor; warning?: Warning }
  openTraining(start: TrainingStart, executor: Executor): Training
  planRun(config: RunConfig, text: Text, executor: Executor, availableBytes: number): Plan
  checkCellOptions(config: RunConfig): void
  explainProgram(
    config: RunConfig,
    text: Text | null,
    executor: Executor,
    known?: { vocabulary: string[] },
  ): ProgramGraph
  benchText(symbols: number, config: RunConfig): string
  benchStep(
    config: RunConfig,
    text: string,
    executor: Executor,
    how: { seconds: number; profile: boolean },
    now: () => number,
  ): BenchReport
  openModel(checkpoint: Uint8Array, executor: Executor): LoadedModel
  inspectGrid(model: LoadedModel, look: { text: string; layer: number; signal: string }): SignalGrid
  findUnits(
    model: LoadedModel,
    look: { text: string; predicate: Predicate; signals?: string[] | undefined; top: number },
  ): UnitRanking
  sampleText(model: LoadedModel, how: Omit<Looks['sample']['in'], 'model' | 'job'>): Generator<SampleToken>
  inspectPicture(
    model: LoadedModel,
    look: { picture: number; layer: number; direction: number; signal: string },
  ): Omit<PictureSignals, 'step'>
  drawPictures(
    model: LoadedModel,
    how: { count: number; temperature: number; rows: number; picture: number; seed: number },
  ): Omit<DrawnPictures, 'seed' | 'step'>
  catalog(): Catalog
  builtinText(id: string): string | undefined
  readCheckpoint(bytes: Uint8Array): {
    config: RunConfig
    step: number
    vocabulary: string[]
    tensors: Map<string, { shape: number[]; data: ArrayLike<number> }>
    warnings: Warning[]
  }
  exportWeights(checkpoint: Uint8Array): Uint8Array
  checkpointOfWeights(bytes: Uint8Array, config: RunConfig, text: Text): Uint8Array
}

/** The engine, or the module that a test names in its place. */
export const loadEngine = async (url?: string): Promise<Engine> =>
  (await (url ? import(url) : import('../engine/index.ts'))) as unknown as Engine
