// The inference worker: plans configurations, decodes files, opens checkpoints for probes, generates text. Calls run one at a time; a
// sample yields to other calls between tokens. Opened models are cached by hash.
import { availableParallelism } from 'node:os'
import {
  handlersFor,
  isProbe,
  readsExamples,
  readsText,
  readsTraining,
  type Output,
  type ProbeName,
} from '../contract/api.ts'
import type { RunConfig } from '../contract/config.ts'
import { UnrollError, toErrorValue } from '../contract/errors.ts'
import type { SampleToken } from '../contract/inspect.ts'
import { chunksOf } from '../engine/data/source.ts'
import type { WorkerRequest, RequestTypesOf } from './workerClient.ts'
import { compiledRuns } from './compiledRuns.ts'
import { benchmark, programGraph } from './compileReport.ts'
import type { CallControl, Engine, TrainedModel } from './engine.ts'
import { importJob, type ImportJob, type ImportTask } from './imports/importJob.ts'
import { lookAt } from './imports/look.ts'
import { textCounter, type ImportStatistics } from './textStatistics.ts'
import type {
  ConfigCall,
  FileRef,
  ImportCall,
  InferenceMessage,
  InferenceRequest,
  ProbeCall,
  ReadingProgress,
  SampleCall,
  TextRef,
  WatchedCall,
} from './protocol.ts'
import {
  cachedText,
  corpusToInspect,
  loadedAs,
  loadFile,
  loadText,
  linesToInspect,
  numbersToInspect,
  textToInspect,
  trainingText,
  type TextInput,
} from './texts.ts'

const maxModels = 4
/** Threads of an opened model, which large batches of columns share. */
const readingThreads = Math.min(4, availableParallelism())
const tokensMs = 50
const progressMs = 100
/** Symbols that are read for the quantiles and means of units. */
const levelsLength = 20_000

type Post = (message: InferenceMessage, transfer?: ArrayBuffer[]) => void

export type InferenceCalls = RequestTypesOf<ReturnType<typeof inferenceCalls>>

/** The calls: probes and commands on configurations under the command's name, then parts of answers of the app. */
function inferenceCalls(
  engine: Engine,
  tell: (job: string, tokens: SampleToken[]) => void,
  tellProgress: (progress: ReadingProgress) => void,
  isStopped: (job: string) => boolean,
) {
  const models = new Map<string, TrainedModel>()
  const compiled = compiledRuns(engine)
  /** Running imports, by job. */
  const imports = new Map<string, ImportJob>()
  const executorFor = (wanted: 'auto' | 'native' | 'reference', threads = 1) =>
    engine.chooseExecutor(wanted, threads).executor

  function openModel(ref: FileRef): TrainedModel {
    const model =
      models.get(ref.sha256) ?? engine.openModel(loadFile(ref), executorFor('auto', readingThreads))
    models.delete(ref.sha256)
    models.set(ref.sha256, model)
    if (models.size > maxModels) models.delete(models.keys().next().value!)
    return model
  }

  const probe =
    <K extends ProbeName>(name: K) =>
    ({ input, model, other, text, watched }: ProbeCall<K>): Output<K> | Promise<Output<K>> => {
      const control = watched ? controlOf(watched, tellProgress) : {}
      const opened = { ...openModel(model), control }
      const read = readsText(name) && {
        text: textToInspect(input as TextInput, text, opened.config, engine),
        numbers: numbersToInspect(input as TextInput, text, opened.config, engine),
        lines: linesToInspect(input as TextInput, text, opened.config, engine),
        corpus: corpusToInspect(input as TextInput, text, opened.config, engine),
      }
      const learned = readsTraining(input) && { training: trainingText(text, opened.config, engine) }
      const data = readsExamples(name) && {
        data: () => cachedText(text, engine, loadedAs(opened.config)),
      }
      const second = other && { other: { ...openModel(other), control } }
      return engine.probes[name](opened, { ...input, ...read, ...learned, ...data, ...second } as never)
    }

  return {
    ...handlersFor<{ [K in ProbeName]: (call: ProbeCall<K>) => Output<K> | Promise<Output<K>> }>(
      isProbe,
      probe,
    ),

    'config.plan'({ config, text, weights }: ConfigCall<'config.plan'> & { weights?: FileRef | undefined }) {
      const content = cachedText(text, engine, loadedAs(config))
      const executor = executorFor(config.runtime.executor)
      const available = process.availableMemory()
      const plan = engine.planRun(config, content, executor, available, compiled.compile(text))
      // Only opening shows whether the weights fit. They bring their own vocabulary, and so other programs.
      if (weights) engine.openTraining({ config, text: content, weights: loadFile(weights) }, executor)
      return plan
    },
    'config.graph': (call: Parameters<typeof programGraph>[1]) => programGraph(engine, call),
    'app.bench': (call: ConfigCall<'app.bench'>) => benchmark(engine, call),

    async 'sample.start'({ model, job, text, ...options }: SampleCall): Promise<{ stopped: boolean }> {
      const opened = openModel(model)
      const levelsText = text
        ? textToInspect({ length: levelsLength }, text, opened.config, engine)
        : undefined
      let tokens = []
      let last = performance.now()
      for (const token of engine.sampleText(opened, { ...options, levelsText })) {
        tokens.push(token)
        if (performance.now() - last < tokensMs) continue
        tell(job, tokens)
        tokens = []
        await new Promise((resolve) => setImmediate(resolve))
        if (isStopped(job)) return { stopped: true }
        last = performance.now()
      }
      if (tokens.length) tell(job, tokens)
      return { stopped: isStopped(job) }
    },

    async importParts({ job, task, parts, then }: ImportCall): Promise<{
      utf8: Uint8Array
      statistics?: ImportStatistics
    }> {
      const read = imports.get(job) ?? importJob(task!)
      imports.delete(job)
      if (then === 'give up') return { utf8: new Uint8Array(0) }
      const answer = await read(parts, then === 'end')
      if (then === 'more') imports.set(job, read)
      return answer
    },
    lookAtImport: async ({ task, bytes, whole }: { task: ImportTask; bytes: Uint8Array; whole: boolean }) => {
      const found = await lookAt(task, bytes, whole)
      return found === 'whole' ? { found: null, needsWhole: true } : { found, needsWhole: false }
    },
    /** For the training worker; undefined if not cached. */
    compiledPrograms: ({ config, text }: { config: RunConfig; text: TextRef | null }) => ({
      programs: compiled.programs(config, text),
    }),
    textStatistics({ text: ref }: { text: TextRef }) {
      const counter = textCounter()
      for (const chunk of chunksOf(loadText(ref, engine))) counter.add(chunk, new TextEncoder().encode(chunk))
      return counter.statistics('utf-8', [])
    },
    readCheckpoint({ bytes }: { bytes: Uint8Array }) {
      const { config, step, tensors, warnings } = engine.readCheckpoint(bytes)
      const weights = [...tensors].filter(([name]) => !/^(optim|carry)\./.test(name))
      const parameters = weights.reduce((sum, [, { data }]) => sum + data.length, 0)
      return { config, step, parameters, warnings }
    },
    exportWeights: ({ model }: { model: FileRef }) => engine.exportWeights(loadFile(model)),
    /** A checkpoint from weights of another program. */
    checkpointOfWeights: ({
      bytes,
      config,
      text,
    }: {
      bytes: Uint8Array
      config: RunConfig
      text: TextRef | null
    }) => engine.checkpointOfWeights(bytes, config, loadText(text, engine, loadedAs(config))),
  }
}

/** The control of a watched call: told progress is at least `progressMs` apart, but for the end. */
function controlOf({ job, cancel }: WatchedCall, tell: (progress: ReadingProgress) => void): CallControl {
  let last = performance.now()
  return {
    cancel: new Int32Array(cancel),
    progress(done, total) {
      if (done < total && performance.now() - last < progressMs) return
      last = performance.now()
      tell({ job, done, total })
    },
  }
}

/** Returns the request handler; `post` sends answers and tokens. */
export function inferenceWorker(engine: Engine, post: Post): (request: InferenceRequest) => Promise<void> {
  const stopped = new Set<string>()
  const calls = inferenceCalls(
    engine,
    (job, tokens) => post({ job, tokens }),
    (progress) => post(progress),
    (job) => stopped.delete(job),
  )

  /** Buffers of an answer, to be transferred instead of copied. */
  function buffersOf(answer: object): ArrayBuffer[] {
    const views = [answer, ...Object.values(answer)].filter((value): value is Uint8Array =>
      ArrayBuffer.isView(value),
    )
    return [...new Set(views.map((view) => view.buffer as ArrayBuffer))]
  }

  let last: Promise<void> = Promise.resolve()

  async function answer({ id, name, input }: WorkerRequest<InferenceCalls>): Promise<void> {
    try {
      const result = (await calls[name](input as never)) as InferenceCalls[typeof name]['out']
      post({ id, answer: result }, buffersOf(result))
    } catch (error) {
      const known =
        error instanceof UnrollError ? error : new UnrollError('E_WORKER', toErrorValue(error).message)
      post({ id, error: known.toValue() })
    }
  }

  return (request) => {
    if ('stop' in request) {
      stopped.add(request.stop)
      return Promise.resolve()
    }
    // A sample runs concurrently with other calls; all others run in order of arrival.
    if (request.name === 'sample.start') return answer(request)
    last = last.then(() => answer(request))
    return last
  }
}
