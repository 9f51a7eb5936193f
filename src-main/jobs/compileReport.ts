// The worker's part of the compile report: the compiled program of a configuration, and its benchmark.
import type { BenchReport } from '../contract/bench.ts'
import type { RunConfig } from '../contract/config.ts'
import type { ProgramGraph } from '../contract/programGraph.ts'
import { onSyntheticSymbols } from '../engine/tasks/index.ts'
import { wholeText } from '../engine/data/source.ts'
import type { Engine } from './engine.ts'
import type { ConfigCall, FileRef } from './protocol.ts'
import { cachedText, loadedAs, loadFile } from './texts.ts'

/** If the text is missing or changed, a checkpoint replaces it: a program needs only the vocabulary of a text. */
export function programGraph(
  engine: Engine,
  { config, text, model }: ConfigCall<'config.graph'> & { model?: FileRef | undefined },
): ProgramGraph {
  const { executor } = engine.chooseExecutor(config.runtime.executor, config.runtime.threads)
  const fromText = () => engine.explainProgram(config, cachedText(text, engine, loadedAs(config)), executor)
  if (!model || !onSyntheticSymbols(config)) return fromText()
  const fromModel = () =>
    engine.explainProgram(config, null, executor, engine.readCheckpoint(loadFile(model)))
  if (!text) return fromModel()
  try {
    return fromText()
  } catch {
    return fromModel()
  }
}

/** Without validation, samples, checkpoints and an end; on generated symbols if the task reads a text. */
export function benchmark(
  engine: Engine,
  { config, text: ref, symbols, seconds, profile }: ConfigCall<'app.bench'>,
): BenchReport {
  const { train, runtime } = config
  const madeUp = onSyntheticSymbols(config)
  const measured: RunConfig = {
    ...(madeUp ?? config),
    train: { ...train, steps: 1e9, epochs: 0, stopWhenSolved: false },
    logging: { ...config.logging, logEvery: 1e6, evalEvery: 0, sampleEvery: 0, checkpointEvery: 1e6 },
  }
  const { executor } = engine.chooseExecutor(runtime.executor, runtime.threads)
  const text = madeUp
    ? engine.benchText(symbols, measured)
    : wholeText(cachedText(ref, engine, loadedAs(config)))
  engine.planRun(measured, text, executor, process.availableMemory())
  return engine.benchStep(measured, text, executor, { seconds, profile }, () => performance.now() / 1000)
}
