// What a trained run answers in the stand-in: signals of a text or an image, samples. As in the app, a run refuses what its task cannot do.
import { kindOf } from '../../src-main/contract/predicate/expression.ts'
import { parsePredicate } from '../../src-main/contract/predicate/parse.ts'
import type { ProbeName } from '../../src-main/contract/api.ts'
import type { Abilities } from '../../src-main/contract/taskInfo.ts'
import { UnrollError } from '../../src-main/contract/errors.ts'
import type { GrayImages, RunId, RunRow } from '../../src-main/contract/run.ts'
import { analysisAnswers } from './analyses.ts'
import type { FakeApp, Handlers } from './app.ts'
import { claimResult } from './claims.ts'
import { fakeTexts, randomOf } from './data.ts'
import { cellValuesOf } from './cellValues.ts'
import { heldOutAnswers } from './heldOutAnswers.ts'
import { saliencyAnswers } from './saliency.ts'
import { fakeCard } from './unitCard.ts'
import { causalCardOf, effectOf, patchedOf, ratesOf } from './effects.ts'

const side = 8
/** Images of 8 x 8 pixels, black or white, the same for the same seed. */
export function imagesOf(count: number, seed: number): GrayImages {
  const random = randomOf(seed)
  const pixels = () => Array.from({ length: side * side }, () => (random() < 0.5 ? '0' : '1')).join('')
  return {
    rows: side,
    columns: side,
    levels: 2,
    pictures: Array.from({ length: count }, () => ({ pixels: pixels() })),
  }
}

const isGate = (signal: string) => !['h', 'c', 'n', 'g'].includes(signal)
const range = (signal: string) => ({ lo: isGate(signal) ? 0 : -1, hi: 1 })

export function inferenceAnswers(find: (id: RunId) => RunRow, emit: FakeApp['emit']) {
  let jobs = 0
  const stopped = new Set<string>()

  /** The run, if its task can do this. */
  function able<A extends keyof Abilities>(id: RunId, ability: A, wanted: Abilities[A]): RunRow {
    const run = find(id)
    const has = run.task.abilities[ability]
    if (has === wanted) return run
    throw new UnrollError('E_ARG', `id: run ${run.name} ${ability} ${has ?? 'nothing'}, not ${wanted}.`, {
      path: 'id',
    })
  }

  return {
    ...analysisAnswers(
      find,
      (id) => able(id, 'inspects', 'text'),
      (id) => (find(id).task.abilities.readsNumbers ? find(id) : able(id, 'inspects', 'text')),
    ),
    ...saliencyAnswers(find, (example) => imagesOf(1, example)),
    'inspect.cancel': ({ job }) => ({ job }),
    'inspect.text': ({ id, signal, layer, text, length, offset }) => {
      const { config, step } = able(id, 'inspects', 'text')
      const units = config.model.hidden
      const tokens = [...(text ?? fakeTexts[0]!.preview.slice(offset, offset + length))]
      const random = randomOf(units + layer)
      const phase = Array.from({ length: units }, () => random() * 6.28)
      let inside = -1
      const values = new Float32Array(tokens.length * units)
      tokens.forEach((token, t) => {
        if (token === '"') inside = -inside
        for (let u = 0; u < units; u++) {
          const wave = Math.sin(t / (3 + (u % 9)) + phase[u]!) * 0.8 + (token === ' ' ? 0.15 : 0)
          const raw = u === 12 ? inside * 0.92 : wave
          values[t * units + u] = isGate(signal) ? (raw + 1) / 2 : raw
        }
      })
      const vocabulary = [...new Set(tokens)].sort()
      const k = Math.min(5, vocabulary.length)
      return {
        tokens, spaces: tokens.map(() => ''), layer, signal, units, values, ...range(signal), k, vocabulary, step,
        surprisal: Float32Array.from(tokens, (_, t) => (t === 0 ? NaN : random() * 3)),
        nextIds: Int32Array.from({ length: tokens.length * k }, () => Math.floor(random() * vocabulary.length)),
        nextProbabilities: Float32Array.from({ length: tokens.length * k }, (_, i) => 0.5 / (1 + (i % k))),
      } // prettier-ignore
    },
    'inspect.find': ({ id, predicate, top, step = 2000 }) => {
      able(id, 'inspects', 'text')
      const place = (i: number) => ({
        layer: 0,
        signal: i % 2 ? 'h' : 'c',
        unit: i === 0 ? 12 : (i * 37) % 64,
      })
      const facts = { predicate, positions: 20_000, units: 768, step }
      const dense = { layer: 0, signal: 'c' }
      if (kindOf(parsePredicate(predicate)) === 'number')
        return {
          ...facts,
          kind: 'number',
          nullCorrelation: 0.21,
          controlCorrelation: 0.34,
          dense: { ...dense, correlation: 0.99, controlCorrelation: 0.97 },
          scores: Array.from({ length: top }, (_, i) => ({
            ...place(i),
            correlation: (i % 3 ? 1 : -1) * (0.97 - i * 0.04),
            sign: i % 3 ? (1 as const) : (-1 as const),
          })),
        }
      return {
        ...facts, kind: 'boolean', positives: 4100, nullAuc: 0.56, controlAuc: 0.78, dense: { ...dense, auc: 1, controlAuc: 0.99 },
        scores: Array.from({ length: top }, (_, i) => ({ ...place(i), auc: 0.998 - i * 0.04, sign: i % 3 ? (1 as const) : (-1 as const), f1: 0.98 - i * 0.05, threshold: 0.1 })),
      } // prettier-ignore
    },
    'inspect.saturation': ({ id }) => {
      const { step } = able(id, 'inspects', 'text')
      return {
        positions: 2000,
        units: [
          { layer: 0, signal: 'f', unit: 0, closed: 0.1, open: 0.7 },
          { layer: 0, signal: 'f', unit: 1, closed: 0.3, open: 0.1 },
        ],
        step,
      }
    },
    'inspect.cell': ({ id, layer, unit, text, offset, length }) => {
      const { step } = able(id, 'inspects', 'text')
      const tokens = [...(text ?? fakeTexts[0]!.preview.slice(offset, offset + length))]
      return cellValuesOf({ layer, unit, step }, tokens.length)
    },
    'inspect.unit': ({ id, layer, signal, unit, offset }) => {
      const { config, step } = able(id, 'inspects', 'text')
      return fakeCard({ layer, signal, unit, units: config.model.hidden, step, offset })
    },
    'inspect.effect': ({ id, variants, predicate = null }) =>
      effectOf(able(id, 'generates', 'text').step, predicate, variants),
    'inspect.causal': ({ id, ...asked }) => causalCardOf(able(id, 'generates', 'text').step, asked),
    'inspect.patch': ({ id, ...asked }) => patchedOf(able(id, 'generates', 'text').step, asked),
    'inspect.claims': ({ id, claims }) => ({
      step: able(id, 'inspects', 'text').step,
      results: claims.map(claimResult),
    }),
    'inspect.ablation': ({ id, layer, signal, operation, predicate = null }) => {
      const { config, step } = able(id, 'generates', 'text')
      const units = Array.from({ length: config.model.hidden }, (_, unit) => [
        `L${layer + 1}.${signal}[${unit}]=${operation}`,
      ])
      return effectOf(step, predicate, units)
    },
    'inspect.image': ({ id, layer, signal, direction, picture }) => {
      const { config, step } = able(id, 'inspects', 'images')
      const units = config.model.hidden
      const random = randomOf(units + layer + direction)
      const values = Float32Array.from({ length: units * side * side }, () =>
        isGate(signal) ? random() : 2 * random() - 1,
      )
      const directions = ['down-right', 'down-left', 'up-right', 'up-left']
      return { picture: imagesOf(1, picture), layer, signal, direction, directions, units, values, ...range(signal), step } // prettier-ignore
    },
    'apply.texts': ({ id, texts, top = 2 }) => {
      const { step } = able(id, 'applies', 'texts')
      const classes = [{ name: 'positive', probability: 0.9 }, { name: 'negative', probability: 0.1 }]
      const answer = { kind: 'class' as const, classes: classes.slice(0, top) }
      return { answers: texts.map((text) => ({ symbols: text.split(' '), unknown: [], omitted: 0, answer })), step }
    }, // prettier-ignore
    'apply.images': ({ id, files, example }) => {
      const { step } = able(id, 'applies', 'images')
      const classes = [{ name: '3', probability: 0.9 }, { name: '8', probability: 0.1 }]
      const names = example === undefined ? files.map(({ name }) => name) : [`held-out image ${example}`]
      const images = names.map((name) => ({ name, rows: 28, columns: 28, classes }))
      return { step, images, pictures: imagesOf(images.length, 1), expected: example === undefined ? null : '3' }
    }, // prettier-ignore
    'apply.series': ({ id, values = [3, 4, 5], ahead = 1 }) => {
      const { step } = able(id, 'applies', 'series')
      const forecast = Array.from({ length: ahead }, () => values.at(-1)!)
      const columns = [{ name: 'value', values, forecast, lower: null, upper: null }]
      const labels = values.map((_, i) => String(i + 1))
      return { step, records: values.length, read: 1, labels, horizon: 1, level: null, columns, warnings: [] }
    },
    'apply.heldOut': ({ id, example }) => {
      const { step } = able(id, 'applies', 'texts')
      return { text: `held-out text ${example}`, expected: 'positive', example, examples: 20, step }
    },
    ...heldOutAnswers((id) => able(id, 'classifies', 'texts')),
    'sample.images': ({ id, count, rows, picture, seed }) => {
      const { step } = able(id, 'generates', 'images')
      return {
        drawn: imagesOf(count, seed),
        ...(rows && { originals: imagesOf(count, picture) }),
        seed,
        step,
      }
    },
    'sample.music': ({ id, example, length, count, seed }) => {
      const { step } = able(id, 'generates', 'music')
      const piece = Array.from({ length: 4 + length }, (_, t) => `${60 + ((t * 2) % 12)}+${72 + (t % 5)}`).join(' ')
      return { framesPerQuarter: 2, tempo: 100, pieces: Array.from({ length: count }, () => piece), given: 4, example, warnings: [], seed, step }
    }, // prettier-ignore
    'sample.rates': ({ id, ...asked }) => ratesOf(able(id, 'generates', 'text').step, asked),
    'sample.start': ({ id, prime, length, seed }) => {
      const { step } = able(id, 'generates', 'text')
      const job = `job-${++jobs}`
      const random = randomOf(seed)
      let written = 0
      const source = fakeTexts[0]!.preview
      const timer = setInterval(() => {
        const tokens = Array.from({ length: Math.min(7, length - written) }, (_, i) => {
          const text = source[(prime.length + written + i) % source.length]!
          return {
            id: text.charCodeAt(0),
            text,
            probability: 0.3 + random() * 0.7,
            alternatives: [
              { text, probability: 0.6 },
              { text: 'e', probability: 0.2 },
            ],
          }
        })
        written += tokens.length
        if (tokens.length > 0) emit('sample.tokens', { job, tokens })
        if (written < length && !stopped.has(job)) return
        clearInterval(timer)
        emit('sample.done', { job, stopped: stopped.has(job), error: null })
      }, 60)
      return { job, seed, step }
    },
    'sample.stop': ({ job }) => {
      stopped.add(job)
      return { job }
    },
  } satisfies Required<Pick<Handlers, ProbeName | 'sample.start' | 'sample.stop'>> & Handlers
}
