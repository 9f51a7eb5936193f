// The probes that commands call, each under its command's name: an opened model and the checked input in, the command's answer out.
import type { Output, Parsed, ProbeName } from '../../contract/api.ts'
import { drawPictures } from './drawing.ts'
import { inspectGrid } from './grid.ts'
import type { TrainedModel } from './model.ts'
import { inspectPicture } from './pictureSignals.ts'
import { findUnits } from './units.ts'

/** A probe's input: the command's, with the text itself where it reads one. */
export type ProbeInput<K extends ProbeName> =
  Parsed<K> extends { text?: unknown } ? Omit<Parsed<K>, 'text'> & { text: string } : Parsed<K>

export type Probes = { [K in ProbeName]: (model: TrainedModel, input: ProbeInput<K>) => Output<K> }

export const probes: Probes = {
  'inspect.grid': inspectGrid,
  'inspect.find': findUnits,
  'inspect.picture': inspectPicture,
  'sample.pictures': drawPictures,
}
