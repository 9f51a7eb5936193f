// Analyses of the stand-in engine: they tell what reached the probe, the text and the steps of both models.
import type { Engine } from '../../src-main/jobs/engine.ts'
import type { AnalysisName } from '../standIn/analyses.ts'

export const analysisProbes: Pick<Engine['probes'], AnalysisName> = {
  'inspect.match': ({ step }, { text, other, signal, otherSignal = signal, seed }) => ({
    signal,
    otherSignal,
    positions: [...text].length,
    units: [],
    otherUnits: [],
    correlations: new Float32Array(0),
    means: { best: 1, assigned: 1, rotated: 0 },
    seed,
    step,
    otherStep: other.step,
  }),
  'inspect.lyapunov': ({ step }, { text, symbol = null, exponents }) => ({
    exponents: new Float64Array(exponents),
    firstHalf: new Float64Array(exponents),
    secondHalf: new Float64Array(exponents),
    stateSize: exponents,
    counted: 50,
    symbol,
    tokens: [...text],
    growth: new Float32Array(0),
    step,
  }),
  'inspect.fixedPoints': async ({ step }, { text, symbol = text[0]!, starts, seed }) => ({
    symbol,
    stateSize: 1,
    points: [],
    starts,
    unconverged: starts,
    slowest: 1,
    dropped: 0,
    tokens: [...text],
    seed,
    step,
  }),
}
