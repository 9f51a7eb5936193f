// Commands that analyse a trained network as a whole: its units beside those of another run, its dynamics, its states. Each is answered by
// the probe of its name in `engine/probes`.
import { z } from 'zod'
import {
  projectionMethods,
  projectionSources,
  type Attribution,
  type AutomatonOfNetwork,
  type LineClasses,
  type Projection,
  type UnitMatching,
} from '../analyses.ts'
import type { FixedPoints, LyapunovSpectrum } from '../dynamics.ts'
import { maxPredicate } from '../predicate/parse.ts'
import { checkpoint, command, runStep } from './command.ts'

const signal = z.string().max(32)
const symbol = z.string().min(1).max(200)
const layer = z.int().min(0).max(63)
/** A vector of numbers, for networks that read numbers. */
const inputs = z.array(z.number()).min(1).max(4096)
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
/** The text that is read: typed, else a part of the run's validation text. */
const reading = {
  text: z.string().min(1).max(200_000).optional(),
  offset: z.int().min(0).default(0),
  length: z.int().min(1).max(100_000).default(20_000),
}

export const analysisCommands = {
  /** Units of a run matched to the units of another run, or of another checkpoint, over the same text. */
  'inspect.match': command<UnitMatching>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      /** The run and checkpoint whose units are the candidates; may be the same run. */
      other: z.strictObject(runStep),
      signal: signal.default('h'),
      /** `signal` if left out. */
      otherSignal: signal.optional(),
      ...reading,
      /** Of the random rotation. */
      seed: seed.default(0),
    }),
  }),
  /** Growth rates of small changes of the whole state. */
  'inspect.lyapunov': command<LyapunovSpectrum>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      ...reading,
      /** A symbol of the vocabulary that is read at every step instead of the text. */
      symbol: symbol.optional(),
      /** A vector that is read at every step instead of the held-out sequences of numbers. */
      inputs: inputs.optional(),
      /** Steps, of which the first 50 are not counted. */
      steps: z.int().min(100).max(20_000).default(600),
      exponents: z.int().min(1).max(512).default(20),
    }),
  }),
  /** States that do not change while one symbol or one vector of numbers is read. */
  'inspect.fixedPoints': command<FixedPoints>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      ...reading,
      /** Length of the part of the text, or steps of the held-out sequences of numbers, whose states are the starts. */
      length: z.int().min(1).max(20_000).default(1000),
      /** A symbol of the vocabulary; if left out, the most frequent one of the text. */
      symbol: symbol.optional(),
      /** For networks that read numbers; if left out, all 0. */
      inputs: inputs.optional(),
      /** If left out, 1024 for a state of at most 32 values, else 256. */
      starts: z.int().min(1).max(4096).optional(),
      /** Standard deviation of the normal noise that is added to visited states. */
      noise: z.number().min(0).max(100).default(0.5),
      /** Of the descent before Newton's method. */
      iterations: z.int().min(0).max(10_000).default(400),
      seed: seed.default(0),
    }),
  }),
  /** A finite automaton from clustered states. */
  'inspect.automaton': command<AutomatonOfNetwork>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      ...reading,
      signal: signal.default('h'),
      /** One layer; if left out, all layers together. */
      layer: layer.optional(),
      /** A symbol with more probability than this belongs to the set of next symbols. */
      threshold: z.number().min(0).max(1).default(0.3),
      maxClusters: z.int().min(2).max(64).default(20),
      seed: seed.default(0),
    }),
  }),
  /** Units that know the class of a whole line. */
  'inspect.classes': command<LineClasses>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      ...reading,
      /** Symbols of the held-out lines that are read. */
      length: z.int().min(1).max(20_000_000).default(300_000),
      /** The class that is told from the others; if left out, the last in order of the alphabet. */
      label: z.string().min(1).max(200).optional(),
      /** If left out, the last state of the cell: c of an LSTM. */
      signal: signal.optional(),
      top: z.int().min(1).max(1000).default(20),
    }),
  }),
  /** States, phrases or embeddings in the plane. */
  'inspect.projection': command<Projection>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      ...reading,
      source: z.enum(projectionSources).default('states'),
      method: z.enum(projectionMethods).default('pca'),
      signal: signal.default('h'),
      /** One layer; if left out, all layers together. */
      layer: layer.optional(),
      /** Most points, evenly spread; t-SNE and UMAP place at most 5000. */
      points: z.int().min(4).max(20_000).default(2000),
      perplexity: z.number().min(1).max(500).default(40),
      /** Of UMAP. */
      neighbours: z.int().min(2).max(200).default(15),
      /** A predicate that colours the points; if left out, the class of the symbol. */
      colour: z.string().min(1).max(maxPredicate).optional(),
      /** Of UMAP. */
      seed: seed.default(0),
    }),
  }),
  /** What the symbols before a position contribute to its prediction, or the symbols of a text to its class. */
  'inspect.attribution': command<Attribution>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      ...reading,
      length: z.int().min(2).max(1001).default(60),
      /** Position of the symbol whose log-probability is explained; the last one if left out. */
      at: z.int().min(1).max(1000).optional(),
      /** Another symbol whose log-probability at that position is explained. */
      symbol: symbol.optional(),
      /** Of a classifier: the class whose log-probability is explained; the most probable one if left out. */
      label: symbol.optional(),
      /** Likely symbols that each symbol is replaced by. */
      replacements: z.int().min(1).max(20).default(5),
      /** Whether to compute integrated gradients, too. */
      integrate: z.boolean().default(false),
      integrationSteps: z.int().min(1).max(500).default(50),
    }),
  }),
}
