// Analyses of the stand-in engine: they tell what reached the probe, the text and the steps of both models.
import type { Engine } from '../../src-main/jobs/engine.ts'

export const analysisProbes: Pick<Engine['probes'], 'inspect.match'> = {
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
}
