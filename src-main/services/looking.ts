// Looking inside models and sampling from them, in a worker of their own, while anything trains. A sample's tokens arrive as events.
import { randomBytes } from 'node:crypto'
import type { Output, Parsed } from '../contract/api.ts'
import { toErrorValue, UnrollError } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import { drawSeed } from '../contract/seed.ts'
import type { LookText, TextRef } from '../jobs/protocol.ts'
import { configOf } from '../store/runRow.ts'
import { chooseCheckpoint } from './checkpointFiles.ts'
import { recordOf, type Context } from './context.ts'
import type { Texts } from './texts.ts'

const mostSamples = 16

export function looking(context: Context, texts: Texts) {
  const { looker, emit } = context
  const samples = new Set<string>()

  /** The run's own text; missing or changed texts are an error only if no text was typed. */
  async function ownText(id: RunId): Promise<TextRef | null> {
    const record = recordOf(context, id)
    const config = configOf(record)
    if (!config) return null
    const { ref } = await texts.refOf(config)
    return ref && { ...ref, ...(record.data_sha256 && { sha256: record.data_sha256 }) }
  }

  async function lookText(
    id: RunId,
    typed: string | undefined,
    offset: number,
    length: number,
  ): Promise<LookText> {
    return { typed, own: typed === undefined ? await ownText(id) : null, offset, length }
  }

  return {
    async grid({
      id,
      step,
      text,
      offset,
      length,
      layer,
      signal,
    }: Parsed<'inspect.grid'>): Promise<Output<'inspect.grid'>> {
      recordOf(context, id)
      const model = chooseCheckpoint(context, id, step)
      const grid = await looker.request('grid', {
        model,
        text: await lookText(id, text, offset, length),
        layer,
        signal,
      })
      return { ...grid, step: model.step }
    },

    async find({
      id,
      step,
      text,
      length,
      predicate,
      signals,
      top,
    }: Parsed<'inspect.find'>): Promise<Output<'inspect.find'>> {
      recordOf(context, id)
      const model = chooseCheckpoint(context, id, step)
      const ranking = await looker.request('find', {
        model,
        text: await lookText(id, text, 0, length),
        predicate,
        signals,
        top,
      })
      return { ...ranking, step: model.step }
    },

    start({ id, step, seed: given, ...how }: Parsed<'sample.start'>): Output<'sample.start'> {
      recordOf(context, id)
      const model = chooseCheckpoint(context, id, step)
      if (samples.size >= mostSamples)
        throw new UnrollError('E_BUSY', `${mostSamples} samples are being written already. Stop one first.`)
      const seed = given ?? drawSeed()
      const job = randomBytes(12).toString('hex')
      samples.add(job)
      const done = (stopped: boolean, error: unknown) => {
        samples.delete(job)
        emit('sample.done', { job, stopped, error: error === undefined ? null : toErrorValue(error) })
      }
      // The caller has the job's name before its first token.
      setTimeout(() => {
        looker.request('sample', { model, job, seed, ...how }).then(
          ({ stopped }) => done(stopped, undefined),
          (error: unknown) => done(false, error),
        )
      }, 10)
      return { job, seed, step: model.step }
    },

    async picture({ id, step, ...look }: Parsed<'inspect.picture'>): Promise<Output<'inspect.picture'>> {
      recordOf(context, id)
      const model = chooseCheckpoint(context, id, step)
      return { ...(await looker.request('picture', { model, ...look })), step: model.step }
    },

    async pictures({
      id,
      step,
      seed: given,
      ...how
    }: Parsed<'sample.pictures'>): Promise<Output<'sample.pictures'>> {
      recordOf(context, id)
      const model = chooseCheckpoint(context, id, step)
      const seed = given ?? drawSeed()
      return { ...(await looker.request('pictures', { model, seed, ...how })), seed, step: model.step }
    },

    /** Stopping what has ended already is no error: the user cannot know. */
    stop({ job }: Parsed<'sample.stop'>): Output<'sample.stop'> {
      if (samples.has(job)) looker.stop(job)
      return { job }
    },
  }
}
