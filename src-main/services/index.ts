// Puts the services together over one data folder, and takes them apart again.
import { totalmem } from 'node:os'
import type { Output } from '../contract/api.ts'
import { toErrorValue } from '../contract/errors.ts'
import { loadEngine } from '../jobs/engine.ts'
import { startInference } from '../jobs/pool.ts'
import { openStore } from '../store/store.ts'
import { compileReport } from './compileReport.ts'
import { cores, version, type AppOptions, type Context } from './context.ts'
import { dispatcher, handlersOf } from './dispatch.ts'
import { emitter } from './emitter.ts'
import { importExport } from './importExport.ts'
import { inference } from './inference.ts'
import { reading } from './reading.ts'
import { runs } from './runs.ts'
import { readStored } from './storedConfig.ts'
import { storing } from './storing.ts'
import { texts } from './texts.ts'
import { trainer } from './trainer.ts'
import { watch } from './watch.ts'
import { watchers } from './watchers.ts'

/** Opens the folder and everything over it. Throws what openStore throws. */
export async function openServices(options: AppOptions) {
  const engine = await loadEngine(options.engineUrl)
  const store = openStore(options.dataDir, readStored)
  const reader = reading(store)
  const { on, emit, isHeard } = emitter(() => points.listen())
  const shown = watchers(() => points.listen())
  const points = storing(store, () => ({ every: isHeard('run.metrics'), thinned: shown.watched() }))
  const withEngine = options.engineUrl ? { engine: options.engineUrl } : {}
  const planner = startInference(withEngine)
  const models = startInference({ ...withEngine, tokens: (said) => emit('sample.tokens', said) })
  const context: Context = {
    options,
    store,
    storing: points,
    watchers: shown,
    reading: reader,
    isHeard,
    engine,
    planner,
    inference: models,
    emit,
  }
  const data = texts(context)
  const training = trainer(context, data)

  function info(): Output<'app.info'> {
    const { executor, warning } = engine.chooseExecutor('auto', 1)
    const refusal = store.refusal()
    const found = refusal && !store.findings.some(({ code }) => code === refusal.code) ? [...store.findings, refusal.toValue()] : store.findings // prettier-ignore
    return {
      version,
      node: process.versions.node,
      sqlite: store.sqlite,
      engine: { id: executor.id, description: executor.description },
      cores,
      memoryBytes: totalmem(),
      dataDir: options.dataDir,
      writable: refusal === undefined,
      warnings: [...found, ...(warning ? [warning] : [])],
    }
  }

  let closing: Promise<void> | undefined
  let watching: ReturnType<typeof watch> | undefined
  const ready = store
    .recover()
    // What cannot be written now is written at a later look.
    .then(() =>
      training
        .reapOrphans()
        .catch((error: unknown) => console.error('orphans:', toErrorValue(error).message)),
    )
    .then(() => {
      watching = watch(context, training)
    })
  // Whoever calls first hears of a failure; without a caller it is no crash.
  ready.catch(() => undefined)

  async function shut(): Promise<void> {
    await ready.catch(() => undefined)
    watching?.stop()
    await data.close()
    await training.close()
    await Promise.all([planner.close(), models.close(), points.close(), reader.close()])
    await store.close()
  }

  const services = {
    context,
    texts: data,
    trainer: training,
    runs: runs(context, data, training),
    inference: inference(context, data),
    compileReport: compileReport(context, data),
    importExport: importExport(context, data),
    info,
  }
  return {
    ...dispatcher(handlersOf(services), context, ready, () => closing !== undefined),
    on,
    /** Points of a run for drawing, thinned and gathered; the returned function stops it. */
    watch: shown.watch,
    info,
    /** Checkpoints what runs, pauses it, closes the store. Calling it again waits for the same end. */
    close: (): Promise<void> => (closing ??= shut()),
  }
}
