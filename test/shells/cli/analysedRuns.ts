// `unroll analyse` over the real app and engine, with small runs: two on a text, a classifier of lines and one on sums.
import { beforeAll } from 'vitest'
import type { App } from '../../../src-main/app.ts'
import { hasStatus, sharedRealApp } from '../../services/apps.ts'
import { grouped } from '../../options.ts'
import type { FakeApp } from '../../standIn/app.ts'
import { unroll as unrollWith } from './terminal.ts'

/** The text that the runs "first" and "second" learn. */
export const text = 'the "cat" saw a dog (or "two") and ran.\n'.repeat(60)
const train = { batch: 4, window: 16, steps: 6, checkpointEvery: 2, logEvery: 1, evalEvery: 3, gradientEvery: 0, sampleEvery: 0 } // prettier-ignore

/** Trains the runs before the tests of a file; gives the terminal, `unroll analyse ...`. */
export function analysedRuns() {
  const app = sharedRealApp()
  beforeAll(async () => {
    const bytes = new TextEncoder().encode(text)
    const { id: dataset } = await app().call('data.import', { name: 'quoted.txt', bytes })
    const launch = async (name: string, data: object, model: object, seed: number) => {
      const config = { name, seed, data, model, ...grouped(train) }
      const { id } = await (app() as App).call('runs.launch', { config })
      await hasStatus(app(), id, 'finished')
    }
    await launch('first', { kind: 'text', dataset }, { cell: 'lstm', layers: '8/4' }, 1)
    await launch('second', { kind: 'text', dataset }, { cell: 'gru', hidden: 6 }, 2)
    const labelled = 'good\tthe cat is warm\nbad\ta dog is cold\n'.repeat(30)
    const lines = await app().call('data.import', {
      name: 'labelled.txt',
      bytes: new TextEncoder().encode(labelled),
    })
    const config = {
      name: 'classes',
      seed: 3,
      task: 'sequence-classification',
      data: { dataset: lines.id, unit: 'word' },
      model: { cell: 'lstm', hidden: 6, bidirectional: true, pooling: 'mean' },
      train: { bptt: 'full', batch: 8, steps: 20 },
      optimizer: { lr: 0.05 },
    }
    const { id: classes } = await (app() as App).call('runs.launch', { config } as never)
    await hasStatus(app(), classes, 'finished')
    await launch('sums', { kind: 'addition' }, { cell: 'rnn', hidden: 4 }, 1)
  })
  /** The app outlives a command line. */
  return (...argv: string[]) =>
    unrollWith(['analyse', ...argv], {
      app: { ...app(), close: async () => undefined } as unknown as FakeApp,
    })
}
