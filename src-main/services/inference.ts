// Commands that a trained model answers, in the inference worker, while anything trains: the probes, and text that is sampled. A sample's
// tokens arrive as events.
import { randomBytes } from 'node:crypto'
import { handlersFor, isProbe, readsText, type Output, type Parsed, type ProbeName } from '../contract/api.ts'
import { toErrorValue, UnrollError } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import type { TextRef } from '../jobs/protocol.ts'
import { configOf } from './storedConfig.ts'
import { chooseCheckpoint } from './checkpointFiles.ts'
import { recordOf, workerOf, type Context } from './context.ts'
import type { Texts } from './texts.ts'

const mostSamples = 16

export function inference(context: Context, texts: Texts) {
  const { inference: worker, emit } = context
  const samples = new Set<string>()

  function modelOf({ id, step }: { id: RunId; step?: number | undefined }) {
    recordOf(context, id)
    return chooseCheckpoint(context, id, step)
  }

  /** The run's own text, with the hash that it was trained on. Throws E_NOT_FOUND. */
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
      // A text that is missing or changed is an error only where none was typed.
      const own = readsText(name) && !('text' in input && input.text !== undefined)
      const text = own ? await ownText(input.id) : null
      return workerOf(context, name).request(name, { input, model, text } as never) as Promise<Output<K>>
    }

  return {
    probes: handlersFor<{ [K in ProbeName]: (input: Parsed<K>) => Promise<Output<K>> }>(isProbe, probe),

    startSample({ id, step, ...options }: Parsed<'sample.start'>): Output<'sample.start'> {
      const model = modelOf({ id, step })
      if (samples.size >= mostSamples)
        throw new UnrollError('E_BUSY', `${mostSamples} samples are being written already. Stop one first.`)
      const job = randomBytes(12).toString('hex')
      samples.add(job)
      const done = (stopped: boolean, error: unknown) => {
        samples.delete(job)
        emit('sample.done', { job, stopped, error: error === undefined ? null : toErrorValue(error) })
      }
      // The caller has the job's name before its first token.
      setTimeout(() => {
        worker.request('sample.start', { model, job, ...options }).then(
          ({ stopped }) => done(stopped, undefined),
          (error: unknown) => done(false, error),
        )
      }, 10)
      return { job, seed: options.seed, step: model.step }
    },

    /** Stopping what has ended already is no error: the user cannot know. */
    stopSample({ job }: Parsed<'sample.stop'>): Output<'sample.stop'> {
      if (samples.has(job)) worker.stop(job)
      return { job }
    },
  }
}
