// The registry of probes by command name: each takes an opened model and the validated input and returns the command's output.
import type { Output, Parsed, ProbeName } from '../../contract/api.ts'
import { applyToImages } from './applyToImages.ts'
import { applyToSeries } from './applyToSeries.ts'
import { applyToTexts } from './applyToTexts.ts'
import { heldOutAnswers } from './heldOutAnswers.ts'
import { heldOutText } from './heldOutTexts.ts'
import { patchUnits } from './patching.ts'
import { testClaims } from './claims/testClaims.ts'
import { causalCard } from './causalCard.ts'
import type { Corpus } from './corpusRange.ts'
import { ablationEffects, interventionEffects } from './effect.ts'
import type { Text } from '../data/source.ts'
import type { TextLine } from '../tasks/index.ts'
import { continuePiece } from './continuedMusic.ts'
import { generateImages } from './generatedImages.ts'
import { classesOfLines } from './lineClasses/index.ts'
import { lyapunovSpectrum } from './lyapunov.ts'
import { project } from './projection/project.ts'
import { matchUnits } from './match.ts'
import { attribute } from './attribution/attribute.ts'
import { extractAutomaton } from './automaton.ts'
import { fixedPoints } from './fixedPoints.ts'
import { inspectText } from './textSignals.ts'
import type { TrainedModel } from './model.ts'
import { inspectImage } from './imageSignals.ts'
import { generatedRates } from './rates.ts'
import { listExamples } from './saliency/exampleAnswers.ts'
import { saliency } from './saliency/saliency.ts'
import { gateSaturation } from './saturation.ts'
import { spanMatches } from './spanMatches/spanMatches.ts'
import { cellValues } from './cellValues.ts'
import { losses } from './losses/losses.ts'
import { filterAnswers } from './imageFilters.ts'
import { predicateUnits } from './unitSearch/predicateUnits.ts'
import { unitCard } from './unitCard.ts'
import { findUnits } from './unitSearch/findUnits.ts'

/** The text that a probe reads, '' for a run that reads numbers; of a run on lines, `text` is one of them and `lines` reads the held-out ones. */
export interface InspectedText {
  text: string
  lines?: (() => readonly TextLine[]) | undefined
  /** The beginning of the run's own text, for what does not depend on the part read; undefined for typed text. */
  corpus?: (() => Corpus) | undefined
  /** Held-out sequences of numbers, (T, channels) each; undefined for runs that read no numbers. */
  numbers?: (() => readonly Float64Array[]) | undefined
}

/** The beginning of the run's training text, for commands with the field `ngram`; undefined if the run has none. */
export interface LearnedText {
  training?: (() => string) | undefined
}

/** The data of the run, read when they are asked for; '' for tasks that draw them. */
export interface InspectedData {
  data(): Text
}

/** Input of a probe: that of the command, with `text` resolved if the probe reads a text, and `other` opened if it reads a second model. */
export type ProbeInput<K extends ProbeName> = Omit<Parsed<K>, 'text' | 'other'> &
  (Parsed<K> extends { text?: unknown } ? InspectedText : unknown) &
  ('example' extends keyof Parsed<K> ? InspectedData : unknown) &
  ('ngram' extends keyof Parsed<K> ? LearnedText : unknown) &
  (Parsed<K> extends { other: unknown }
    ? { other: TrainedModel }
    : 'other' extends keyof Parsed<K>
      ? { other?: TrainedModel | undefined }
      : unknown)

/** A probe may load a library first, and answers then later. */
export type Probes = {
  [K in ProbeName]: (model: TrainedModel, input: ProbeInput<K>) => Output<K> | Promise<Output<K>>
}

export const probes: Probes = {
  'inspect.text': inspectText,
  'inspect.find': findUnits,
  'inspect.saturation': gateSaturation,
  'inspect.unit': unitCard,
  'inspect.cell': cellValues,
  'inspect.effect': interventionEffects,
  'inspect.ablation': ablationEffects,
  'inspect.causal': causalCard,
  'inspect.patch': patchUnits,
  'inspect.claims': testClaims,
  'inspect.image': inspectImage,
  'inspect.match': matchUnits,
  'inspect.classes': classesOfLines,
  'inspect.lyapunov': lyapunovSpectrum,
  'inspect.fixedPoints': fixedPoints,
  'inspect.automaton': extractAutomaton,
  'inspect.projection': project,
  'inspect.attribution': attribute,
  'inspect.spanMatches': spanMatches,
  'inspect.losses': losses,
  'inspect.predicates': predicateUnits,
  'inspect.examples': listExamples,
  'inspect.saliency': saliency,
  'inspect.answers': heldOutAnswers,
  'inspect.filters': filterAnswers,
  'apply.images': applyToImages,
  'apply.series': applyToSeries,
  'apply.texts': applyToTexts,
  'apply.heldOut': heldOutText,
  'sample.images': generateImages,
  'sample.music': continuePiece,
  'sample.rates': generatedRates,
}
