// The probes that commands call, each under its command's name: an opened model and the checked input in, the command's answer out.
import type { Output, Parsed, ProbeName } from '../../contract/api.ts'
import { generateImages } from './generatedImages.ts'
import { inspectText } from './textSignals.ts'
import type { TrainedModel } from './model.ts'
import { inspectImage } from './imageSignals.ts'
import { gateSaturation } from './saturation.ts'
import { findUnits } from './units.ts'

/** A probe's input: the command's, with the text itself where it reads one. */
export type ProbeInput<K extends ProbeName> =
  Parsed<K> extends { text?: unknown } ? Omit<Parsed<K>, 'text'> & { text: string } : Parsed<K>

export type Probes = { [K in ProbeName]: (model: TrainedModel, input: ProbeInput<K>) => Output<K> }

export const probes: Probes = {
  'inspect.grid': inspectText,
  'inspect.find': findUnits,
  'inspect.saturation': gateSaturation,
  'inspect.picture': inspectImage,
  'sample.pictures': generateImages,
}
