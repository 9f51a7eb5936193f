// Creates the services over one data folder, and closes them.
import { totalmem } from 'node:os'
import type { Output } from '../contract/api.ts'
import { toErrorValue } from '../contract/errors.ts'
import { loadEngine } from '../jobs/engine.ts'
import { startInference } from '../jobs/pool.ts'
import { openStore } from '../store/store.ts'
import { claims } from './claims.ts'
import { compileReport } from './compileReport.ts'
import { cores, version, type AppOptions, type Context } from './context.ts'
import { dispatcher, handlersOf } from './dispatch.ts'
import { emitter } from './emitter.ts'
import { importExport } from './importExport.ts'
import { inference } from './inference.ts'
import { storeReader } from './storeReader.ts'
import { runs } from './runs.ts'
import { readStored } from './storedConfig.ts'
import { pointWriter } from './pointWriter.ts'
import { texts } from './texts.ts'
import { trainer } from './trainer.ts'
import { watch } from './watch.ts'
import { watchers } from './watchers.ts'

/** Opens the data folder and starts its services. Throws what openStore throws. */
export async function openServices(options: AppOptions) {
  const engine = await loadEngine(options.engineUrl)
  const store = openStore(options.dataDir, readStored)
  const reader = storeReader(store)
  const { on, emit, hasListeners } = emitter(() => points.updateSubscriptions())
  const shown = watchers(() => points.updateSubscriptions())
  const points = pointWriter(store, () => ({ every: hasListeners('run.metrics'), thinned: shown.watched() }))
  const withEngine = options.engineUrl ? { engine: options.engineUrl } : {}
  const planner = startInference(withEngine)
  const models = startInference({
    ...withEngine,
    ...(!options.engineUrl && { early: true }),
    tokens: (said) => emit('sample.tokens', said),
    progress: (said) => emit('inspect.progress', said),
  })
  const context: Context = {
    options,
    store,
    pointWriter: points,
    watchers: shown,
    storeReader: reader,
    hasListeners,
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
    const found =
      refusal && !store.findings.some(({ code }) => code === refusal.code)
        ? [...store.findings, refusal.toValue()]
        : store.findings
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
    // Orphans that cannot be written now are reaped by a later poll.
    .then(() =>
      training
        .reapOrphans()
        .catch((error: unknown) => console.error('orphans:', toErrorValue(error).message)),
    )
    .then(() => {
      watching = watch(context, training)
    })
  // The first call reports the failure; without a call it must not become an unhandled rejection.
  ready.catch(() => undefined)

  async function shut(): Promise<void> {
    await ready.catch(() => undefined)
    watching?.stop()
    await data.close()
    await training.close()
    await Promise.all([planner.close(), models.close(), points.close(), reader.close()])
    await store.close()
  }

  const answers = inference(context, data)
  const services = {
    context,
    texts: data,
    trainer: training,
    runs: runs(context, data, training),
    inference: answers,
    claims: claims(context, answers),
    compileReport: compileReport(context, data),
    importExport: importExport(context, data),
    info,
  }
  return {
    ...dispatcher(handlersOf(services), context, ready, () => closing !== undefined),
    on,
    /** Subscribes to thinned points of a run; the returned function unsubscribes. */
    watch: shown.watch,
    info,
    /** Checkpoints and pauses the active runs, then closes the store. Repeated calls return the same promise. */
    close: (): Promise<void> => (closing ??= shut()),
  }
}
