// The compiled program of a run or of a configuration, and its speed on this machine. Nothing is stored. The benchmark has a worker of its
// own, so that other requests are answered meanwhile.
import type { Output, Parsed } from '../contract/api.ts'
import { UnrollError } from '../contract/errors.ts'
import type { RunId } from '../contract/run.ts'
import { startInference } from '../jobs/pool.ts'
import type { FileRef, TextRef } from '../jobs/protocol.ts'
import { onSyntheticSymbols } from '../engine/tasks/index.ts'
import { configOf } from './storedConfig.ts'
import { chooseCheckpoint } from './checkpointFiles.ts'
import { recordOf, workerOf, type Context } from './context.ts'
import { completed } from './prepare.ts'
import type { Texts } from './texts.ts'

export function compileReport(context: Context, texts: Texts) {
  const { options } = context
  const worker = workerOf(context, 'config.graph')
  let measuring = false

  /** A checkpoint, whose vocabulary is used if the text is missing. */
  function checkpointOf(id: RunId): FileRef | undefined {
    try {
      return chooseCheckpoint(context, id, undefined)
    } catch {
      return undefined
    }
  }

  return {
    async ofRun({ id }: Parsed<'runs.graph'>): Promise<Output<'runs.graph'>> {
      const record = recordOf(context, id)
      const config = configOf(record)
      if (!config)
        throw new UnrollError(
          'E_DB_CORRUPT',
          'The stored configuration of this run is damaged, so its program is unknown.',
        )
      const model = checkpointOf(id)
      let text: TextRef | null = null
      try {
        const { ref } = await texts.refOf(config)
        text = ref && { ...ref, ...(record.data_sha256 && { sha256: record.data_sha256 }) }
      } catch (error) {
        if (!model) throw error
      }
      return worker.request('config.graph', { config, text, model })
    },

    async ofConfig({ config: input }: Parsed<'config.graph'>): Promise<Output<'config.graph'>> {
      const config = completed(context, input)
      const { ref } = await texts.refOf(config)
      return worker.request('config.graph', { config, text: ref })
    },

    /** One benchmark at a time: two would distort each other. */
    async bench({ config: input, symbols, ...how }: Parsed<'app.bench'>): Promise<Output<'app.bench'>> {
      if (measuring)
        throw new UnrollError('E_BUSY', 'Something is being measured already. Try again when it is done.')
      const config = completed(context, input)
      const own = startInference(options.engineUrl ? { engine: options.engineUrl } : {})
      measuring = true
      try {
        const { ref } = onSyntheticSymbols(config) ? { ref: null } : await texts.refOf(config)
        return await own.request('app.bench', { config, text: ref, symbols, ...how })
      } finally {
        measuring = false
        await own.close()
      }
    },
  }
}
