// A built-in set of pieces for four voices, two frames per quarter note, in seven major and seven minor keys: phrases of a functional harmony with
// cadences, each voice moving as little as it can. It is generated with a fixed seed, not stored.
import { writePieces, type FrameNote, type MusicPiece } from '../../contract/music/pieces.ts'
import { randomStream } from '../run/random.ts'

const count = 360
const meter = { framesPerQuarter: 2, tempo: 80 }
/** Lowest and highest note of soprano, alto and tenor, and of the bass. */
const ranges = [[62, 79], [55, 73], [50, 67]] as const // prettier-ignore
const bassRange = [40, 58] as const
const scales = { major: [0, 2, 4, 5, 7, 9, 11], minor: [0, 2, 3, 5, 7, 8, 10] }
/** Degrees (0: tonic) that follow a degree within a phrase, the likeliest more than once. */
const next: readonly (readonly number[])[] = [
  [3, 3, 4, 4, 5, 1],
  [4, 4, 6],
  [5, 3],
  [4, 4, 0, 1],
  [0, 0, 0, 5],
  [3, 1, 1],
  [0],
]
const quarters = [6, 8]
const phrases = [3, 4, 5]

/** Pitch classes of the tonics: C, G, D, A, F, B flat, E flat. */
const tonics = [0, 7, 2, 9, 5, 10, 3]

type Random = ReturnType<typeof randomStream>
type Mode = keyof typeof scales
const one = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)]!

/** The degrees of a phrase, one per quarter note, the last of which lasts two: it ends on the tonic, or before the last phrase on the dominant. */
function phrase(random: Random, isLast: boolean): number[] {
  const length = one(random, quarters)
  const cadence = isLast || random.uniform() < 0.6 ? [4, 0, 0] : [one(random, [0, 1, 3]), 4, 4]
  const degrees = [0]
  while (degrees.length < length - cadence.length) degrees.push(one(random, next[degrees.at(-1)!]!))
  return [...degrees, ...cadence]
}

/** Pitch classes of the triad on a degree; the leading note of a minor key is raised in its dominant chords. */
function triad(mode: Mode, tonic: number, degree: number): number[] {
  const raised = mode === 'minor' && (degree === 4 || degree === 6)
  return [0, 2, 4].map((step) => {
    const at = (degree + step) % 7
    return (tonic + scales[mode][at]! + (raised && at === 6 ? 1 : 0)) % 12
  })
}

const notesIn = ([low, high]: readonly [number, number], classes: readonly number[]): number[] =>
  Array.from({ length: high - low + 1 }, (_, i) => low + i).filter((note) => classes.includes(note % 12))

/** The upper three voices, soprano first: all notes of the chord with the bass, no voice above the one over it, with the least movement. */
function upperVoices(
  random: Random,
  classes: readonly number[],
  bass: number,
  before: readonly number[],
): number[] {
  let best: number[] = []
  let least = Infinity
  const [sopranos, altos, tenors] = ranges.map((range) => notesIn(range, classes)) as [
    number[],
    number[],
    number[],
  ]
  for (const soprano of sopranos)
    for (const alto of altos)
      for (const tenor of tenors) {
        const voices = [soprano, alto, tenor]
        if (alto > soprano || tenor > alto || bass > tenor || soprano - alto > 12 || alto - tenor > 12)
          continue
        const moved = voices.reduce((sum, note, v) => sum + Math.abs(note - before[v]!), 0)
        if (moved >= least || new Set([...voices, bass].map((note) => note % 12)).size < 3) continue
        const cost = moved + 1.5 * random.uniform()
        if (cost < least) [best, least] = [voices, cost]
      }
  return best
}

/** The note of the scale between two notes that are a third apart; undefined for other intervals. */
function passing(scale: ReadonlySet<number>, from: number, to: number): number | undefined {
  if (Math.abs(to - from) < 3 || Math.abs(to - from) > 4) return undefined
  const between = to > from ? [from + 2, from + 1] : [from - 2, from - 1]
  return between.find((note) => scale.has(((note % 12) + 12) % 12) && note !== to)
}

function chorale(random: Random): MusicPiece {
  const mode: Mode = random.uniform() < 0.6 ? 'major' : 'minor'
  const tonic = one(random, tonics)
  const scale = new Set(scales[mode].map((step) => (tonic + step) % 12))
  const parts = one(random, phrases)
  const chords = Array.from({ length: parts }, (_, i) => phrase(random, i === parts - 1))
  let voices = [70, 65, 58, 48]
  const beats: { voices: number[]; goesOn: boolean }[] = []
  for (const degrees of chords)
    degrees.forEach((degree, at) => {
      const goesOn = at === degrees.length - 1
      if (!goesOn) {
        const classes = triad(mode, tonic, degree)
        const inverted = at > 0 && at < degrees.length - 3 && random.uniform() < 0.25
        const basses = notesIn(bassRange, [classes[inverted ? 1 : 0]!])
        const bass = basses.reduce((a, b) => (Math.abs(b - voices[3]!) < Math.abs(a - voices[3]!) ? b : a))
        voices = [...upperVoices(random, classes, bass, voices), bass]
      }
      beats.push({ voices, goesOn })
    })
  const frames = beats.flatMap(({ voices: now, goesOn }, i) => {
    const then = beats[i + 1]
    const second = now.map((note, v): [number, boolean] => {
      const between = then && !then.goesOn && !goesOn ? passing(scale, note, then.voices[v]!) : undefined
      return between !== undefined && random.uniform() < 0.5 ? [between, false] : [note, true]
    })
    return [frameOf(now.map((note) => [note, goesOn])), frameOf(second)]
  })
  return { ...meter, frames }
}

/** Voices on one note are one note, struck if one of them strikes it. */
function frameOf(voices: readonly (readonly [note: number, held: boolean])[]): FrameNote[] {
  const notes = new Map<number, boolean>()
  for (const [note, held] of voices) notes.set(note, held && (notes.get(note) ?? true))
  return [...notes].map(([note, held]) => ({ note, held })).sort((a, b) => a.note - b.note)
}

let cached: string | undefined

/** 360 pieces in the stored form of music; generated once and cached. */
export const choralesText = (): string =>
  (cached ??= writePieces(
    Array.from({ length: count }, (_, i) =>
      chorale(randomStream({ seed: [0x63686f72, 0x616c6573], step: i }, 1)),
    ),
  ))
