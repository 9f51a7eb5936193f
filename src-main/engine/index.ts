// The engine's public face: everything that workers, services, scripts and tests may use.
import { mackeyGlassText } from './data/mackeyGlass.ts'
import { choralesText } from './data/chorales.ts'
import { numeralsText } from './data/numerals.ts'
import { proseText } from './data/prose.ts'
import { reviewsText } from './data/reviews.ts'
import { sentencesText } from './data/sentences.ts'
import { twoToneText } from './data/twoTone.ts'
import { wavesText } from './data/waves.ts'
import { wordOrderText } from './data/wordOrder.ts'
import { movingShapesText } from './tasks/nextFrame/movingShapes.ts'
import { drawnDigitsText } from './tasks/imageRows/drawnDigits.ts'

export { catalog } from './catalog.ts'
export { exportWeights, readCheckpoint } from './checkpoint/read.ts'
export { benchStep, benchText } from './explain/bench.ts'
export { explainProgram } from './explain/explain.ts'
export { checkCellOptions, compileRun, planRun, type CompiledRun } from './plan.ts'
export { generateImages } from './probes/generatedImages.ts'
export { inspectImage } from './probes/imageSignals.ts'
export { inspectText } from './probes/textSignals.ts'
export { openModel, type CallControl, type TrainedModel } from './probes/model.ts'
export { sampleText } from './probes/sampleText.ts'
export { findUnits } from './probes/unitSearch/findUnits.ts'
export { probes } from './probes/index.ts'
export { chooseExecutor } from './run/choose.ts'
export { fastestBy, profileProgram, type CallCost, type Measure, type Profile } from './run/profile.ts'
export { checkpointOfWeights } from './checkpoint/stateDict.ts'
export { openTraining } from './openTraining.ts'
export type { Text, TextSource } from './data/source.ts'
export type { Training, TrainingEvent, TrainingStart } from './training/training.ts'

/** Texts that are generated, by dataset id; undefined for all others. */
export const builtinText = (id: string): string | undefined => generated.get(id)?.()

const generated = new Map([
  ['prose', proseText],
  ['reviews', reviewsText],
  ['sentences', sentencesText],
  ['numerals', numeralsText],
  ['word-order', wordOrderText],
  ['waves', wavesText],
  ['mackey-glass', mackeyGlassText],
  ['chorales', choralesText],
  ['drawn-digits', drawnDigitsText],
  ['moving-shapes', movingShapesText],
  ['two-tone', twoToneText],
])
