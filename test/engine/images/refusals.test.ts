// Configurations of image runs that are refused, and why.
import { describe, expect, it } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../../src-main/contract/config.ts'
import { parseConfig } from '../../../src-main/engine/config.ts'
import { planRun } from '../../../src-main/engine/index.ts'
import { reference, configOf, image } from './imageRuns.ts'

describe('refusals', () => {
  const plan = (given: RunConfigInput) => () => planRun(configOf(given), '', reference, 2 ** 32)
  const text = (cell: string) => () =>
    planRun(
      parseConfig({ seed: 1, model: { cell } }) as RunConfig,
      'some text, long enough. '.repeat(400),
      reference,
      2 ** 32,
    )

  it.each<[string, () => unknown, RegExp]>([
    ['a cell for sequences on images', plan({ model: { cell: 'lstm' } }), /model\.cell: LSTM reads sequences; images need md-lstm or mdrnn/],
    ['a cell for images on text', text('md-lstm'), /model\.cell: MD-LSTM reads images; sequences need one of lstm,/],
    ['a slip in the name', plan({ model: { cell: 'md-lstn' } }), /did you mean md-lstm/],
    ['windows', plan({ train: { bptt: 'truncated' } }), /train\.bptt: an image is one sequence/],
    ['four directions in a pixel model', plan({ model: { options: { directions: 4 } } }), /model\.options\.directions: scans from below would see/],
    ['tied directions in a pixel model', plan({ model: { options: { tied: true } } }), /model\.options\.tied/],
    ['three directions', plan({ model: { options: { directions: 3 } } }), /directions/],
    ['classes of one texture', plan({ data: image({ task: 'classes', texture: 'stripes' }) }), /data\.texture: stripes has a single class/],
    ['zoneout', plan({ regularization: { zoneout: 0.1 } }), /regularization\.zoneout/],
    ['recurrent dropout', plan({ regularization: { recurrentDropout: 0.1 } }), /regularization\.recurrentDropout/],
    ['a head', plan({ model: { hiddenReadout: 4 } }), /model\.hiddenReadout/],
    ['both directions of a sequence', plan({ model: { bidirectional: true } }), /model\.bidirectional/],
    ['subsampling', plan({ model: { subsample: 2 } }), /model\.subsample/],
  ])('%s', (_, act, message) => expect(act).toThrow(message)) // prettier-ignore
})
