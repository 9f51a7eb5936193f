// Wrapped prose: the prose in lines of exactly 20 characters, so that the position in the line alone predicts a line break.
import { proseText } from '../../src-main/engine/data/prose.ts'
import { settingsOf, type Bed } from './bed.ts'
import { bestCorrelation } from './bestUnit.ts'

const lineLength = 20
const testLength = 40_000

/** A text in lines of `length` characters; its own line breaks become spaces. */
export const wrappedAt = (text: string, length: number): string =>
  text.replaceAll('\n', ' ').replace(new RegExp(`.{${length}}`, 'gu'), '$&\n')

export const wrappedProse: Bed = {
  name: 'wrapped-prose',
  about: 'Prose with a line break after every 20 characters, also within words.',
  measure(train) {
    const text = wrappedAt(proseText(), lineLength)
    const { model } = train(
      settingsOf({ options: { forgetBias: 2 } }, { window: 128, steps: 1000 }),
      text.slice(0, -testLength),
    )
    const column = bestCorrelation(model, text.slice(-testLength), 'column')
    return [{ name: 'column unit of c: |correlation|', measured: column, must: { atLeast: 0.95 } }]
  },
}
