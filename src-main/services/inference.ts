// Commands answered by a trained model in the inference worker, also while runs train: probes and text generation. Generated tokens
// are sent as events.
import { randomBytes } from 'node:crypto'
import {
  handlersFor,
  isProbe,
  otherCheckpoint,
  readsExamples,
  readsText,
  readsTraining,
  type Output,
  type Parsed,
  type ProbeName,
} from '../contract/api.ts'
import { needsReading, parseIntervention } from '../contract/intervention.ts'
import { toErrorValue, UnrollError } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import type { TextRef, WatchedCall } from '../jobs/protocol.ts'
import { configOf } from './storedConfig.ts'
import { chooseCheckpoint } from './checkpointFiles.ts'
import { recordOf, workerOf, type Context } from './context.ts'
import type { Texts } from './texts.ts'

const maxSamples = 16

export function inference(context: Context, texts: Texts) {
  const { inference: worker, emit } = context
  const samples = new Set<string>()
  /** Flags of watched calls, by job. */
  const watchedCalls = new Map<string, Int32Array>()

  function modelOf({ id, step }: { id: RunId; step?: number | undefined }) {
    recordOf(context, id)
    return chooseCheckpoint(context, id, step)
  }

  /** The checkpoint of a second run; its errors name the field `other`. */
  function otherModelOf(second: { id: RunId; step?: number | undefined }) {
    try {
      return modelOf(second)
    } catch (error) {
      if (!(error instanceof UnrollError)) throw error
      const { code, message, details } = error
      const path = details?.path ? `other.${details.path}` : 'other'
      throw new UnrollError(code, `other: ${message}`, { ...details, path })
    }
  }

  /** The text that the run was trained on, with its hash. Throws E_NOT_FOUND. */
  async function ownText(id: RunId): Promise<TextRef | null> {
    const record = recordOf(context, id)
    const config = configOf(record)
    if (!config) return null
    const { ref } = await texts.refOf(config)
    return ref && { ...ref, ...(record.data_sha256 && { sha256: record.data_sha256 }) }
  }

  const probe =
    <K extends ProbeName>(name: K) =>
    async (input: Parsed<K>): Promise<Output<K>> => {
      const model = modelOf(input)
      const second = otherCheckpoint(input)
      const other = second ? otherModelOf(second) : null
      // A missing or changed text is an error only if no text was typed.
      const own =
        readsExamples(name) ||
        readsTraining(input) ||
        (readsText(name) && !('text' in input && input.text !== undefined))
      const text = own ? await ownText(input.id) : null
      const ask = (watched: WatchedCall | null) =>
        workerOf(context, name).request(name, { input, model, other, text, watched } as never) as Promise<
          Output<K>
        >
      return 'job' in input && input.job !== undefined ? watchedCall(input.job, ask) : ask(null)
    }

  /** Runs a call that can be cancelled under its job. */
  async function watchedCall<A>(job: string, ask: (watched: WatchedCall) => Promise<A>): Promise<A> {
    if (watchedCalls.has(job))
      throw new UnrollError('E_ARG', `job: a call ${job} is running already. Choose another name.`, {
        path: 'job',
      })
    const cancel = new SharedArrayBuffer(4)
    watchedCalls.set(job, new Int32Array(cancel))
    try {
      return await ask({ job, cancel })
    } finally {
      watchedCalls.delete(job)
    }
  }

  return {
    probes: handlersFor<{ [K in ProbeName]: (input: Parsed<K>) => Promise<Output<K>> }>(isProbe, probe),

    async startSample({ id, step, ...options }: Parsed<'sample.start'>): Promise<Output<'sample.start'>> {
      const model = modelOf({ id, step })
      const reads = options.interventions.map(parseIntervention).some(needsReading)
      const text = reads ? await ownText(id) : null
      if (samples.size >= maxSamples)
        throw new UnrollError('E_BUSY', `${maxSamples} samples are being written already. Stop one first.`)
      const job = randomBytes(12).toString('hex')
      samples.add(job)
      const done = (stopped: boolean, error: unknown) => {
        samples.delete(job)
        emit('sample.done', { job, stopped, error: error === undefined ? null : toErrorValue(error) })
      }
      // The job's id is returned before its first token is sent.
      setTimeout(() => {
        worker.request('sample.start', { model, job, text, ...options }).then(
          ({ stopped }) => done(stopped, undefined),
          (error: unknown) => done(false, error),
        )
      }, 10)
      return { job, seed: options.seed, step: model.step }
    },

    /** Cancelling a call that has ended is no error: the client cannot know. */
    cancelCall({ job }: Parsed<'inspect.cancel'>): Output<'inspect.cancel'> {
      const flag = watchedCalls.get(job)
      if (flag) Atomics.store(flag, 0, 1)
      return { job }
    },

    /** Stopping a sample that has ended is no error: the client cannot know. */
    stopSample({ job }: Parsed<'sample.stop'>): Output<'sample.stop'> {
      if (samples.has(job)) worker.stop(job)
      return { job }
    },
  }
}
