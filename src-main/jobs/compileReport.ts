// A worker's answers about programs: what a configuration compiles to, and how fast it is on this machine.
import type { BenchReport } from '../contract/bench.ts'
import type { RunConfig } from '../contract/config.ts'
import type { ProgramGraph } from '../contract/programGraph.ts'
import { onMadeUpSymbols } from '../engine/tasks/index.ts'
import { wholeText } from '../engine/data/source.ts'
import type { Engine } from './engine.ts'
import type { ConfigCall, FileRef } from './protocol.ts'
import { cachedText, loadedAs, loadFile } from './texts.ts'

/** Where the text is gone or changed, a checkpoint does in its place: a program needs no more of a text than its vocabulary. */
export function programGraph(
  engine: Engine,
  { config, text, model }: ConfigCall<'config.graph'> & { model?: FileRef | undefined },
): ProgramGraph {
  const { executor } = engine.chooseExecutor(config.runtime.executor, config.runtime.threads)
  const fromText = () => engine.explainProgram(config, cachedText(text, engine, loadedAs(config)), executor)
  if (!model || !onMadeUpSymbols(config)) return fromText()
  const fromModel = () =>
    engine.explainProgram(config, null, executor, engine.readCheckpoint(loadFile(model)))
  if (!text) return fromModel()
  try {
    return fromText()
  } catch {
    return fromModel()
  }
}

/** Without validation, samples, checkpoints and an end, on made-up symbols where the task is a text. */
export function benchmark(
  engine: Engine,
  { config, text: ref, symbols, seconds, profile }: ConfigCall<'app.bench'>,
): BenchReport {
  const { train, runtime } = config
  const madeUp = onMadeUpSymbols(config)
  const measured: RunConfig = {
    ...(madeUp ?? config),
    train: { ...train, steps: 1e9, epochs: 0, stopWhenSolved: false },
    logging: { ...config.logging, logEvery: 1e6, evalEvery: 0, sampleEvery: 0, checkpointEvery: 1e6 },
  } // prettier-ignore
  const { executor } = engine.chooseExecutor(runtime.executor, runtime.threads)
  const text = madeUp
    ? engine.benchText(symbols, measured)
    : wholeText(cachedText(ref, engine, loadedAs(config)))
  engine.planRun(measured, text, executor, process.availableMemory())
  return engine.benchStep(measured, text, executor, { seconds, profile }, () => performance.now() / 1000)
}
