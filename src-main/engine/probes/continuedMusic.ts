// Continues a piece of music with a trained network: the beginning of a held-out piece, of one in the stored form, or of a MIDI file, which is
// read on the grid of the run's music. It refuses runs whose task generates no music.
import { UnrollError, type Warning } from '../../contract/errors.ts'
import type { ContinuedMusic } from '../../contract/music/continued.ts'
import { readPieces, writeFrame, type MusicPiece } from '../../contract/music/pieces.ts'
import type { Text } from '../data/source.ts'
import { continueMusic, frameReader, holdsNotes } from '../generation/music.ts'
import { taskFacts } from '../tasks/index.ts'
import { pieceOfMidi, splitPieces } from '../tasks/music/pieces.ts'
import { sequenceOf, withWeights, type TrainedModel } from './model.ts'

/** Frames of a held-out piece that are given by default. */
const usualGiven = 16

export interface ContinueMusicOptions {
  /** Index of the held-out piece that is continued, unless a piece is given. */
  example: number
  /** A piece in the stored form, or the bytes of a MIDI file. */
  prime?: string | undefined
  midi?: Uint8Array | undefined
  /** Frames that are given, at most all; default: 16 of a held-out piece, all of another. */
  frames?: number | undefined
  length: number
  count: number
  temperature: number
  seed: number
  data(): Text
}

/** The piece that is continued, on the grid of the run's music. */
interface Source {
  piece: MusicPiece
  example: number | null
  warnings: Warning[]
}

/** Throws E_ARG for other tasks and for a piece that is not there, E_DATA_FORMAT for a piece that cannot be read. */
export function continuePiece(model: TrainedModel, options: ContinueMusicOptions): ContinuedMusic {
  const { title, abilities } = taskFacts(model.config)
  if (abilities.generates !== 'music')
    throw new UnrollError(
      'E_ARG',
      `sample: the task of this run is ${title.toLowerCase()}, which generates no music. Choose a run of a music model.`,
      { path: 'id' },
    )
  const { length, count, temperature, seed } = options
  const { piece, example, warnings } = sourceOf(model, options)
  const most = options.frames ?? (example === null ? piece.frames.length : usualGiven)
  const given = piece.frames.slice(0, most)
  const executable = withWeights(model, frameReader(sequenceOf(model), count))
  try {
    const holds = holdsNotes(piece.frames)
    const generated = continueMusic(executable, given, { length, temperature, seed, holds })
    return {
      framesPerQuarter: piece.framesPerQuarter,
      tempo: piece.tempo,
      pieces: generated.map((frames) => [...given, ...frames].map(writeFrame).join(' ')),
      given: given.length,
      example,
      warnings,
      seed,
      step: model.step,
    }
  } finally {
    executable.dispose()
  }
}

function sourceOf(model: TrainedModel, { example, prime, midi, data }: ContinueMusicOptions): Source {
  if (prime !== undefined && midi !== undefined)
    throw new UnrollError('E_ARG', 'prime: a MIDI file is given, too. Leave one of them out.', {
      path: 'prime',
    })
  if (prime !== undefined) return { piece: onePiece(prime), example: null, warnings: [] }
  const { train, heldOut } = splitPieces(data(), { validation: 0, ...model.config.data })
  if (midi !== undefined) {
    return { ...pieceOfMidi(midi, train[0]!.framesPerQuarter), example: null }
  }
  const pieces = heldOut.length > 0 ? heldOut : train
  const piece = pieces[example]
  if (piece) return { piece, example, warnings: [] }
  throw new UnrollError(
    'E_ARG',
    `example: there is no piece ${example}; the run has ${pieces.length}, from 0 to ${pieces.length - 1}.`,
    { path: 'example' },
  )
}

function onePiece(prime: string): MusicPiece {
  const pieces = readPieces(prime, 'prime')
  if (pieces.length === 1) return pieces[0]!
  throw new UnrollError('E_ARG', `prime: one piece is continued, and there are ${pieces.length}.`, {
    path: 'prime',
  })
}
