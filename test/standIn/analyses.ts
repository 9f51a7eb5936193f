// Analyses of a run in the stand-in: small answers of the right shape, refused where the run's task reads no text.
import type { CommandName } from '../../src-main/contract/api.ts'
import type { RunId, RunRow } from '../../src-main/contract/run.ts'
import type { Handlers } from './app.ts'

export type AnalysisName = Extract<
  CommandName,
  | 'inspect.match'
  | 'inspect.classes'
  | 'inspect.lyapunov'
  | 'inspect.fixedPoints'
  | 'inspect.automaton'
  | 'inspect.projection'
  | 'inspect.attribution'
  | 'inspect.spanMatches'
  | 'inspect.losses'
  | 'inspect.predicates'
>

export function analysisAnswers(
  find: (id: RunId) => RunRow,
  readsText: (id: RunId) => RunRow,
  readsSequences: (id: RunId) => RunRow,
) {
  return {
    'inspect.match': ({ id, other, signal, otherSignal = signal, seed, step, ...rest }) => {
      const run = readsText(id)
      const { step: latest } = find(other.id)
      const correlation = (j: number, k: number) => (j === k ? 0.95 : 0.1) * (j % 2 ? -1 : 1)
      const units = Array.from({ length: 4 }, (_, unit) => {
        const partner = { layer: 0, unit, correlation: correlation(unit, unit) }
        return { layer: 0, unit, best: partner, mutual: true, assigned: partner, rotated: 0.47, excess: 0.48 }
      })
      return {
        signal,
        otherSignal,
        positions: rest.length,
        units,
        otherUnits: units.map(({ unit }) => ({ layer: 0, unit })),
        correlations: Float32Array.from({ length: 16 }, (_, i) => correlation(Math.floor(i / 4), i % 4)),
        means: { best: 0.95, assigned: 0.95, rotated: 0.47 },
        seed,
        step: step ?? run.step,
        otherStep: other.step ?? latest,
      }
    },
    'inspect.classes': ({ id, label = 'good', signal = 'c', top, step }) => {
      const run = readsText(id)
      const units = Array.from({ length: Math.min(4, top) }, (_, unit) => ({
        layer: 0,
        unit,
        feature: 'mean' as const,
        sign: unit % 2 ? (-1 as const) : (1 as const),
        auc: 0.99 - 0.1 * unit,
        accuracy: 0.95 - 0.1 * unit,
        threshold: 0.1 * unit,
        wrongHold: { ofClass: 0.01 * unit, rest: 0.03 - 0.01 * unit, ofClassError: 0.001, restError: 0.001 },
      }))
      return {
        label,
        labels: [
          { label: 'bad', lines: 60 },
          { label: 'good', lines: 40 },
        ],
        signal,
        counted: 50,
        majority: 0.6,
        units,
        probe: {
          layer: 0,
          feature: 'last' as const,
          c: 0.125,
          accuracy: 0.97,
          nonZero: 2,
          units: 4,
          weights: [
            { unit: 0, weight: 2.5 },
            { unit: 1, weight: -0.5 },
          ],
        },
        histogram: {
          low: -2,
          high: 2,
          rest: [30, 20, 10, 0],
          ofClass: [0, 5, 15, 20],
        },
        step: step ?? run.step,
      }
    },
    'inspect.lyapunov': ({ id, symbol = null, inputs, exponents, steps, step }) => {
      const run = readsSequences(id)
      const values = Float64Array.from({ length: exponents }, (_, i) => -0.05 - 0.02 * i)
      return {
        exponents: values,
        firstHalf: values.map((value) => value - 0.001),
        secondHalf: values.map((value) => value + 0.001),
        stateSize: 128,
        counted: steps - 50,
        symbol,
        inputs: inputs ? Float64Array.from(inputs) : null,
        tokens: run.task.abilities.readsNumbers
          ? []
          : Array.from({ length: steps }, (_, t) => symbol ?? 'abc '[t % 4]!),
        growth: Float32Array.from({ length: steps }, (_, t) => (t < 50 ? NaN : Math.sin(t / 5) * 0.3)),
        step: step ?? run.step,
      }
    },
    'inspect.fixedPoints': ({ id, symbol = ' ', inputs = [0, 0], starts = 256, seed, step }) => {
      const run = readsSequences(id)
      const numbers = run.task.abilities.readsNumbers === true
      return {
        symbol: numbers ? null : symbol,
        inputs: numbers ? Float64Array.from(inputs) : null,
        stateSize: 2,
        points: [0.9, -0.9, 0].map((h) => ({
          state: Float64Array.of(h, 0),
          q: 1e-20,
          re: Float64Array.of(h === 0 ? 2 : 0.3, 0.1),
          im: new Float64Array(2),
          unstable: h === 0 ? 1 : 0,
          starts: Math.floor(starts / 3),
          outputs: Float64Array.from(numbers ? [h, -h] : []),
          place: Float64Array.of(h, 0),
          nearest: [{ position: 2, distance: 0.1 }],
        })),
        indexSum: 1,
        starts,
        unconverged: 1,
        slowest: 1e-4,
        dropped: 0,
        tokens: numbers ? [] : [...'abc '],
        sequences: numbers
          ? {
              starts: Int32Array.of(0, 2),
              inputs: Float32Array.of(1, -1, 0, 0, -1, 1, 0, 0),
              outputs: Float32Array.of(0.9, -0.9, 0.8, -0.9, -1, 0.9, -0.9, 0.9),
            }
          : null,
        visited: Float32Array.of(0.8, 0.1, 0.9, 0, -0.8, 0, -0.9, 0.1),
        explained: [0.9, 0.1],
        seed,
        step: step ?? run.step,
      }
    },
    'inspect.automaton': ({ id, signal, threshold, maxClusters, seed, step }) => {
      const run = readsText(id)
      const tokens = [...'abab'.repeat(10)]
      return {
        signal,
        threshold,
        counts: Array.from({ length: maxClusters - 1 }, (_, i) => ({
          clusters: i + 2,
          determinism: 1,
          fidelity: 1,
          acceptsHeldOut: 1,
          acceptsCorrupted: 0,
          minimalStates: 2,
        })),
        clusters: 2,
        faithful: true,
        states: ['b', 'a'].map((next, minimal) => ({
          positions: 20,
          nextSymbols: [next],
          minimal,
          nearest: [{ position: minimal, distance: 0.01 }],
        })),
        transitions: ['a', 'b'].map((symbol, to) => ({ from: 1 - to, symbol, to, count: 19, share: 1 })),
        tokens,
        clusterOf: Int32Array.from(tokens, (symbol) => (symbol === 'a' ? 0 : 1)),
        sequenceStarts: Int32Array.of(0),
        seed,
        step: step ?? run.step,
      }
    },
    'inspect.projection': ({ id, source, method, signal, points, colour = null, seed, step }) => {
      const run = readsText(id)
      const tokens = [...'He said "yes". '.repeat(Math.ceil(points / 15))].slice(0, points)
      const angle = (p: number) => (p / points) * 6.28
      return {
        source,
        method,
        signal,
        x: Float32Array.from(tokens, (token, p) => Math.cos(angle(p)) + (token === ' ' ? 1 : 0)),
        y: Float32Array.from(tokens, (token, p) => Math.sin(angle(p)) + (token === ' ' ? 1 : 0)),
        explained: method === 'pca' ? [0.5, 0.2] : null,
        positions: Int32Array.from(tokens, (_, p) => p),
        names: tokens,
        tokens,
        spaces: [],
        colour,
        classes: ['letters', 'white space', 'other marks'],
        values: Float32Array.from(tokens, (token) => (token === ' ' ? 1 : /[a-z]/i.test(token) ? 0 : 2)),
        seed,
        step: step ?? run.step,
      }
    },
    'inspect.attribution': ({ id, text = 'He said "yes', at, symbol, integrate, integrationSteps, step }) => {
      const run = readsText(id)
      const all = [...text]
      const target = at ?? all.length - 1
      const tokens = all.slice(0, target)
      const decay = Float32Array.from(tokens, (token, t) => 0.8 ** (target - t) * (token === '"' ? 3 : 1))
      return {
        tokens,
        spaces: [],
        target,
        symbol: symbol ?? all[target]!,
        label: null,
        classes: [],
        logProbability: -0.7,
        gradient: decay,
        gradientTimesInput: decay.map((value, t) => (t % 2 ? -value : value)),
        occlusion: decay.map((value, t) => (t % 3 ? value : -value)),
        replacements: tokens.map(() => [{ symbol: 'e', change: 0.1 }]),
        horizon: ['0.h', '0.c'].map((state) => ({ state, norms: decay, slope: Math.log(0.8) })),
        noHorizon: null,
        integrated: integrate
          ? { values: null, completenessError: 0.4, difference: 2, steps: integrationSteps }
          : null,
        step: step ?? run.step,
      }
    },
    'inspect.predicates': ({ id, text = 'He said "yes".', predicates, step }) => {
      const run = readsText(id)
      return {
        text,
        positions: [...text].length,
        rows: predicates.map((predicate, unit) => ({
          predicate,
          kind: 'boolean',
          unit: { layer: 0, signal: 'c', unit },
          sign: 1,
          score: 0.99 - 0.05 * unit,
          nullScore: 0.55,
          reason: null,
        })),
        step: step ?? run.step,
      }
    },
    'inspect.losses': ({ id, text = 'He said "yes". ', other, predicates, ngram, step }) => {
      const run = readsText(id)
      const tokens = [...text]
      const network = Float32Array.from(tokens, (_, t) => (t === 0 ? NaN : 0.5 + (t % 3)))
      const rows = [
        { name: 'all symbols', kind: 'symbols' as const, holds: null },
        ...predicates.flatMap((name) =>
          [true, false].map((holds) => ({ name, kind: 'predicate' as const, holds })),
        ),
      ]
      return {
        tokens,
        spaces: [],
        from: 1,
        network,
        ngram: ngram ? network.map((loss) => loss + 0.2) : null,
        other: other ? network.map((loss) => loss - 0.1) : null,
        rows: rows.map((row) => ({
          ...row,
          count: 7,
          network: 1.4,
          ngram: ngram ? 1.6 : null,
          other: other ? 1.3 : null,
        })),
        errorClasses: ngram ? [{ name: 'the first letter of a word', errors: 3, loss: 5 }] : null,
        overlap: ngram ? { both: 3, networkOnly: 1, ngramOnly: 2, neither: 8 } : null,
        order: ngram,
        trainingSymbols: ngram ? 1000 : 0,
        step: step ?? run.step,
        otherStep: other ? find(other.id).step : null,
      }
    },
    'inspect.spanMatches': ({ id, text, from, to, mode, signal = 'tanh_c', threshold, step }) => {
      const run = readsText(id)
      return {
        mode,
        signal,
        from,
        to,
        tokens: [...(text ?? 'He said "yes". '.repeat(20))],
        spaces: [],
        units: [{ layer: 0, unit: 3, sign: -1, threshold, inside: 0.9, outside: -0.8, auc: 0.99 }],
        matches: [{ from: 23, to: 26, shared: 1, union: 1 }],
        lengths: [{ length: 4, all: 1, strict: 1 }],
        step: step ?? run.step,
      }
    },
  } satisfies Required<Pick<Handlers, AnalysisName>>
}
