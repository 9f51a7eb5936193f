// A looking worker's answers about programs: what a configuration compiles to, and how fast it is on this machine.
import type { RunConfig } from '../contract/config.ts'
import type { Engine } from './engine.ts'
import type { Looks } from './protocol.ts'
import { cachedText, loadFile } from './texts.ts'

export function graph(engine: Engine, { config, text, model }: Looks['graph']['in']): Looks['graph']['out'] {
  const { bytesPerElement } = engine.chooseExecutor(config.train.executor, 1).executor
  const unit = config.data.kind === 'text' ? config.data.unit : 'char'
  const isText = config.data.kind === 'text'
  // Gone or changed texts: the program needs no more of them than the vocabulary, which a checkpoint has.
  const known = () => model && engine.readCheckpoint(loadFile(model))
  if (text || !isText) {
    try {
      return engine.explainProgram(config, cachedText(text, engine, unit), bytesPerElement)
    } catch (error) {
      if (!isText || !model) throw error
    }
  }
  return engine.explainProgram(config, null, bytesPerElement, known())
}

/** Without validation, samples, checkpoints and an end, on made-up symbols where the task is a text. */
export function bench(
  engine: Engine,
  { config, symbols, seconds, profile }: Looks['bench']['in'],
): Looks['bench']['out'] {
  const { data, train } = config
  const measured: RunConfig = {
    ...config,
    data: data.kind === 'text' ? { ...data, validation: 0, unit: 'char' } : data,
    train: { ...train, steps: 1e9, epochs: 0, logEvery: 1e6, evalEvery: 0, sampleEvery: 0, checkpointEvery: 1e6, stopWhenSolved: false },
  } // prettier-ignore
  const { executor } = engine.chooseExecutor(train.executor, train.threads)
  const text = data.kind === 'text' ? engine.benchText(symbols, measured) : ''
  engine.planRun(measured, text, executor, process.availableMemory())
  return engine.benchStep(measured, text, executor, { seconds, profile }, () => performance.now() / 1000)
}
