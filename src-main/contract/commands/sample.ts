// Commands that generate with a trained model.
import { z } from 'zod'
import { seed } from '../config.ts'
import type { GeneratedImages } from '../inspect.ts'
import { drawSeed } from '../seed.ts'
import type { GeneratedRates } from '../effect.ts'
import { interventionList } from '../intervention.ts'
import type { ContinuedMusic } from '../music/continued.ts'
import { bytes, checkpoint, command, runStep } from './command.ts'

const temperature = z.number().min(0).max(100).default(1)
/** Bytes of the largest MIDI file that is continued. */
const maxMidiBytes = 4_000_000
const seedOrDrawn = seed.default(drawSeed)

export const sampleCommands = {
  /** Starts generating text in the inference worker; tokens arrive as `sample.tokens` events of this job. */
  'sample.start': command<{ job: string; seed: number; step: number }>()({
    runsIn: 'app',
    input: z.strictObject({
      ...runStep,
      prime: z.string().max(100_000).default(''),
      length: z.int().min(1).max(100_000).default(400),
      temperature,
      topK: z.int().min(0).max(65536).default(0),
      topP: z.number().gt(0).max(1).default(1),
      /** See unknownWords. */
      unknown: z.boolean().default(false),
      seed: seedOrDrawn,
      interventions: interventionList.default([]),
    }),
  }),
  /** How often a predicate holds in generated text, for lists of interventions and without any. */
  'sample.rates': command<GeneratedRates>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      variants: z.array(interventionList.min(1)).max(31),
      predicate: z.string().min(1).max(2000),
      among: z.string().min(1).max(2000).optional(),
      prime: z.string().max(10_000).default(''),
      /** Symbols to generate in each sample. */
      generate: z.int().min(1).max(2000).default(200),
      samples: z.int().min(1).max(1024).default(64),
      temperature,
      seed: seedOrDrawn,
      /** Read for quantiles of units and for the words that count as real; without one, `length` symbols of the run's validation text. */
      text: z.string().min(1).max(200_000).optional(),
      length: z.int().min(200).max(100_000).default(50_000),
    }),
  }),
  /** Generates images with a pixel model. */
  'sample.images': command<GeneratedImages>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      count: z.int().min(1).max(16).default(8),
      temperature,
      /** How many upper rows are given: those of validation image number `picture` and of the ones after it. */
      rows: z.int().min(0).max(32).default(0),
      picture: z.int().min(0).max(1_000_000).default(0),
      seed: seedOrDrawn,
    }),
  }),
  /** Continues a piece of music: a held-out one of the run, one in the stored form of music, or a MIDI file. */
  'sample.music': command<ContinuedMusic>()({
    runsIn: 'inference worker',
    input: z.strictObject({
      ...checkpoint,
      /** Index of the held-out piece. */
      example: z.int().min(0).max(1_000_000).default(0),
      prime: z.string().min(1).max(1_000_000).optional(),
      midi: bytes.refine(({ length }) => length <= maxMidiBytes, `at most ${maxMidiBytes} bytes`).optional(),
      /** Frames that are given, at most all; 16 of a held-out piece and all of another if left out. */
      frames: z.int().min(1).max(4096).optional(),
      /** Frames to generate. */
      length: z.int().min(1).max(4096).default(64),
      /** Continuations. */
      count: z.int().min(1).max(16).default(1),
      temperature,
      seed: seedOrDrawn,
    }),
  }),
  'sample.stop': command<{ job: string }>()({
    runsIn: 'app',
    input: z.strictObject({ job: z.string().max(64) }),
  }),
}
