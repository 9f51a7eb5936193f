// The row of a command: its input schema, the type of its answer, where it runs and which shells offer it; and input fields that several
// nouns share.
import { z } from 'zod'

/**
 * Where the answer is computed.
 * app: the app's own thread, which does only short work and may ask workers. list reader, point reader: threads that read the
 * store. planner: the worker that costs configurations. inference worker: the worker that opens checkpoints and explains programs.
 * benchmark worker: started for one measurement.
 */
export type Place =
  'app' | 'list reader' | 'point reader' | 'planner' | 'inference worker' | 'benchmark worker'

export interface Command<S extends z.ZodType, Out, P extends Place> {
  input: S
  runsIn: P
  /** `local`: takes file paths, so only shells in the user's own process offer it (terminal, menu), never the page. */
  local: boolean
  /** Carries the answer's type; has no value. */
  readonly out?: Out
}

/** `command<Answer>()({ runsIn, input })` is a row. */
export const command =
  <Out>() =>
  <S extends z.ZodType, P extends Place>(row: {
    runsIn: P
    input: S
    local?: boolean
  }): Command<S, Out, P> => ({
    local: false,
    ...row,
  })

export const runId = z.string().regex(/^[0-9a-z]{26}$/, 'expected a run id of 26 characters a-z and 0-9')
export const nothing = z.strictObject({})
export const bytes = z.custom<Uint8Array>((v) => v instanceof Uint8Array, 'expected bytes')
/** A run's checkpoint; without a step the best, else the newest. */
export const runStep = { id: runId, step: z.int().min(0).optional() }
/** Names a call that reads a text, for `inspect.progress` and `inspect.cancel`; chosen by the caller. */
export const job = z.string().regex(/^[0-9a-z]{8,32}$/, 'expected 8 to 32 characters 0-9 and a-z')
/** The checkpoint that a probe reads. */
export const checkpoint = { ...runStep, job: job.optional() }
