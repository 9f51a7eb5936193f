// What a looking worker does: plans, decodes, reads models, shows signals, writes samples. One call at a time; a sample gives way
// to other calls between tokens. Loaded models are kept by hash.
import { UnrollError, toErrorValue } from '../contract/errors.ts'
import { chunksOf } from '../engine/data/source.ts'
import { textReader, type TextReader } from './decode.ts'
import type { Engine, LoadedModel } from './engine.ts'
import { bench, graph } from './explain.ts'
import { textCounter } from './facts.ts'
import type { FileRef, LookMessage, LookName, LookRequest, Looks } from './protocol.ts'
import { cachedText, loadedAs, loadFile, loadText, textToLookAt } from './texts.ts'

const modelsKept = 4
const tokensMs = 50

type Post = (message: LookMessage, transfer?: ArrayBuffer[]) => void
type Handlers = { [K in LookName]: (input: Looks[K]['in']) => Looks[K]['out'] | Promise<Looks[K]['out']> }

/** Answers requests; `post` takes answers and tokens. */
export function looker(engine: Engine, post: Post): (request: LookRequest) => Promise<void> {
  const models = new Map<string, LoadedModel>()
  const stopped = new Set<string>()
  /** Files that are being imported. */
  const readers = new Map<string, TextReader>()
  const executorFor = (wanted: 'auto' | 'native' | 'reference') => engine.chooseExecutor(wanted, 1).executor

  function openModel(ref: FileRef): LoadedModel {
    const model = models.get(ref.sha256) ?? engine.openModel(loadFile(ref), executorFor('auto'))
    models.delete(ref.sha256)
    models.set(ref.sha256, model)
    if (models.size > modelsKept) models.delete(models.keys().next().value!)
    return model
  }

  async function sample({ model, job, ...how }: Looks['sample']['in']): Promise<Looks['sample']['out']> {
    let tokens = []
    let last = performance.now()
    for (const token of engine.sampleText(openModel(model), how)) {
      tokens.push(token)
      if (performance.now() - last < tokensMs) continue
      post({ job, tokens })
      tokens = []
      await new Promise((resolve) => setImmediate(resolve))
      if (stopped.delete(job)) return { stopped: true }
      last = performance.now()
    }
    if (tokens.length) post({ job, tokens })
    return { stopped: stopped.delete(job) }
  }

  const handlers: Handlers = {
    plan({ config, text, weights }) {
      const content = cachedText(text, engine, loadedAs(config.data))
      const executor = executorFor(config.train.executor)
      const plan = engine.planRun(config, content, executor, process.availableMemory())
      // Opening is the only honest answer to "do these weights fit".
      if (weights) engine.openTraining({ config, text: content, weights: loadFile(weights) }, executor)
      return plan
    },
    graph: (input) => graph(engine, input),
    bench: (input) => bench(engine, input),
    decode({ job, bytes, name, mode, then }) {
      const read = readers.get(job) ?? textReader(name, mode)
      readers.delete(job)
      if (then === 'give up') return { utf8: new Uint8Array(0) }
      const answer = read(bytes, then === 'end')
      if (then === 'more') readers.set(job, read)
      return answer
    },
    facts({ text: ref }) {
      const counter = textCounter()
      for (const chunk of chunksOf(loadText(ref, engine)))
        counter.take(chunk, new TextEncoder().encode(chunk))
      return counter.facts('utf-8', [])
    },
    grid({ model, text, layer, signal }) {
      const loaded = openModel(model)
      return engine.inspectGrid(loaded, { text: textToLookAt(text, loaded.config, engine), layer, signal })
    },
    find({ model, text, predicate, signals, top }) {
      const loaded = openModel(model)
      return engine.findUnits(loaded, {
        text: textToLookAt(text, loaded.config, engine),
        predicate,
        signals,
        top,
      })
    },
    sample,
    picture: ({ model, ...look }) => engine.inspectPicture(openModel(model), look),
    pictures: ({ model, ...how }) => engine.drawPictures(openModel(model), how),
    read({ bytes }) {
      const { config, step, tensors, warnings } = engine.readCheckpoint(bytes)
      const weights = [...tensors].filter(([name]) => !/^(optim|carry)\./.test(name))
      const parameters = weights.reduce((sum, [, { data }]) => sum + data.length, 0)
      return { config, step, parameters, warnings }
    },
    weights: ({ model }) => engine.exportWeights(loadFile(model)),
    adopt: ({ bytes, config, text }) =>
      engine.checkpointOfWeights(bytes, config, loadText(text, engine, loadedAs(config.data))),
  }

  /** Large buffers of an answer move instead of being copied. */
  function buffersOf(answer: object): ArrayBuffer[] {
    const views = [answer, ...Object.values(answer)].filter((value): value is Uint8Array =>
      ArrayBuffer.isView(value),
    )
    return [...new Set(views.map((view) => view.buffer as ArrayBuffer))]
  }

  let last: Promise<void> = Promise.resolve()

  async function answer(request: Exclude<LookRequest, { stop: string }>): Promise<void> {
    const { id, name, input } = request
    try {
      const result = await (
        handlers[name] as (input: unknown) => Looks[LookName]['out'] | Promise<Looks[LookName]['out']>
      )(input)
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
    // A sample takes turns with the others; all else is done in order of arrival.
    if (request.name === 'sample') return answer(request)
    last = last.then(() => answer(request))
    return last
  }
}
