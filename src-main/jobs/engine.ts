// The interface of the engine that jobs and services use, small enough for a stand-in in tests.
import type * as engine from '../engine/index.ts'

export type Engine = Pick<
  typeof engine,
  | 'benchStep'
  | 'benchText'
  | 'builtinText'
  | 'catalog'
  | 'checkCellOptions'
  | 'checkpointOfWeights'
  | 'chooseExecutor'
  | 'compileRun'
  | 'explainProgram'
  | 'exportWeights'
  | 'openModel'
  | 'openTraining'
  | 'planRun'
  | 'probes'
  | 'readCheckpoint'
  | 'sampleText'
>
export type { CallControl, CompiledRun, TrainedModel } from '../engine/index.ts'

/** The engine, or the module that a test gives instead. */
export const loadEngine = async (url?: string): Promise<Engine> =>
  url ? ((await import(url)) as Engine) : import('../engine/index.ts')
