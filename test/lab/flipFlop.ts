// The 3-bit flip-flop: three channels whose last pulses a network holds. Its fixed points at zero input must be a cube: 8 stable corners at the
// 8 sign patterns of the output, 12 edges with one unstable mode, 6 faces with two, and a centre with three.
import type { FixedPoints } from '../../src-main/contract/dynamics.ts'
import { fixedPoints } from '../../src-main/engine/probes/fixedPoints.ts'
import { heldOutNumbers } from '../../src-main/engine/tasks/index.ts'
import { presets } from '../../src-main/engine/tasks/flipFlop/presets.ts'
import type { Bed, Check, Trained } from './bed.ts'

const search = { text: '', noise: 0.5, iterations: 400, seed: 1 }
const [preset] = presets

const pointsOf = ({ model }: Trained): Promise<FixedPoints> =>
  fixedPoints(model, { ...search, numbers: () => heldOutNumbers(model.config, '', 1000)! })

/** Numbers of points with 0, 1, 2 and 3 unstable modes. */
const byModes = ({ points }: FixedPoints): number[] =>
  [0, 1, 2, 3].map((modes) => points.filter(({ unstable }) => unstable === modes).length)

/** Number of different sign patterns of the outputs at stable points. */
const patterns = ({ points }: FixedPoints): number =>
  new Set(
    points
      .filter(({ unstable }) => unstable === 0)
      .map(({ outputs }) => outputs.map((value) => Math.sign(value)).join()),
  ).size

const exactly = (name: string, measured: number, value: number): Check => ({
  name,
  measured,
  must: { atLeast: value, atMost: value },
})

export const flipFlop: Bed = {
  name: 'flip-flop',
  about: 'Three channels of pulses; the last sign of each is held. The fixed points are a cube.',
  async measure(train) {
    const [rnn, gru] = (['rnn', 'gru'] as const).map((cell, run) =>
      train({ ...preset!.config, preset: undefined, model: { ...preset!.config.model, cell } }, '', run),
    )
    const [cube, gated] = [await pointsOf(rnn!), await pointsOf(gru!)]
    const [corners, edges, faces, centre] = byModes(cube)
    return [
      {
        name: 'tanh RNN: steps with all signs right',
        measured: rnn!.last['val/accuracy']!,
        must: { atLeast: 0.999 },
      },
      exactly('tanh RNN: fixed points', cube.points.length, 27),
      exactly('stable', corners!, 8),
      exactly('with one unstable mode', edges!, 12),
      exactly('with two', faces!, 6),
      exactly('with three', centre!, 1),
      exactly('sign patterns of the outputs at the stable ones', patterns(cube), 8),
      exactly('sum of the indices', cube.indexSum, 1),
      exactly('GRU: stable fixed points', byModes(gated)[0]!, 8),
      exactly('sign patterns of the outputs there', patterns(gated), 8),
      exactly('sum of the indices of all', gated.indexSum, 1),
      { name: 'GRU: fixed points', measured: gated.points.length, must: { atLeast: 21, atMost: 27 } },
    ]
  },
}
