// Reads a MIDI file as music in the stored form: notes are paired with their ends and rounded to a grid of frames, which is chosen or found.
// Percussion, dynamics, pedals and changes of tempo are left out and said.
import { UnrollError, type Warning } from '../../contract/errors.ts'
import { isKey, meterLimits, type MusicPiece } from '../../contract/music/pieces.ts'
import { framesOf } from '../../contract/music/soundingNotes.ts'
import { midiEvents, type MidiEvents, type MidiTrack } from './midiEvents.ts'
import { counted, musicTextOf, musicWarning, outOfRange, type MusicText } from './musicText.ts'

/** Frames per quarter note that are tried, coarsest first. */
const grids = [1, 2, 3, 4, 6, 8, 12, 16, 24] as const
/** Least frames per quarter note if notes end between two frames: sixteenths. */
const leastGrid = 4
/** Distance from the grid, in quarter notes, within which a note counts as on it. */
const tolerance = 1 / 100
const maxFrames = 100_000
const percussion = 9

/** A note in quarter notes from the beginning. */
interface TimedNote {
  note: number
  from: number
  to: number
}

/**
 * Reads a MIDI file. `framesPerQuarter`: the grid, 1 to 96; without it the coarsest of at most 24 on which all notes begin, of at least 4 if some
 * end between two frames. Throws E_DATA_FORMAT with the byte, E_DATA_EMPTY without notes, E_TOO_LARGE for more than 100,000 frames.
 */
export function readMidi(bytes: Uint8Array, name: string, framesPerQuarter?: number): MusicText {
  const events = midiEvents(bytes, name)
  const left = { percussion: 0, unended: 0, outside: 0 }
  const parts = events.format === 2 ? events.tracks.map((track) => [track]) : [events.tracks]
  const timed = parts.map((tracks) => ({
    notes: tracks.flatMap((track) => pairedNotes(track, events.ticksPerQuarter, left)),
    end: tracks.reduce((end, track) => Math.max(end, track.end), 0) / events.ticksPerQuarter,
  }))
  const grid = framesPerQuarter ?? gridOf(timed.flatMap(({ notes }) => notes))
  const { tempo, warnings } = tempoOf(events, name)
  const pieces = timed.map(({ notes, end }) => pieceOf(notes, end, grid, tempo, name))
  const all = timed.flatMap(({ notes }) => notes)
  return musicTextOf(pieces, name, [
    ...warnings,
    ...movedNotes(all, grid, name),
    ...outOfRange(name, left.outside),
    ...(left.percussion > 0
      ? [musicWarning(`${name}: ${counted(left.percussion, 'note')} of percussion left out.`)]
      : []),
    ...(left.unended > 0
      ? [
          musicWarning(
            `${name}: ${counted(left.unended, 'note')} without an end last to the end of the track.`,
          ),
        ]
      : []),
  ])
}

/** The notes of a track with their ends, the first onset of a pitch with its first end; counts what is left out. */
function pairedNotes(
  { notes, end }: MidiTrack,
  ticksPerQuarter: number,
  left: { percussion: number; unended: number; outside: number },
): TimedNote[] {
  /** Notes by channel and pitch; those before `ended` have their ends. */
  const open = new Map<number, { notes: TimedNote[]; ended: number }>()
  const paired: TimedNote[] = []
  for (const { tick, on, channel, note } of notes) {
    const key = channel * 128 + note
    const at = tick / ticksPerQuarter
    if (!on) {
      const started = open.get(key)
      const one = started?.notes[started.ended]
      if (!one) continue
      one.to = at
      started!.ended++
    } else if (channel === percussion) left.percussion++
    else if (!isKey(note)) left.outside++
    else {
      const one = { note, from: at, to: Infinity }
      paired.push(one)
      const started = open.get(key)
      if (started) started.notes.push(one)
      else open.set(key, { notes: [one], ended: 0 })
    }
  }
  for (const one of paired)
    if (one.to === Infinity) {
      one.to = Math.max(one.from, end / ticksPerQuarter)
      left.unended++
    }
  return paired
}

const isOn = (grid: number, quarters: number): boolean =>
  Math.abs(quarters * grid - Math.round(quarters * grid)) <= tolerance * grid

/** The coarsest grid on which all notes begin, of at least `leastGrid` if some end between two of its frames; else the finest. */
function gridOf(notes: readonly TimedNote[]): number {
  const fits = (grid: number) => notes.every(({ from }) => isOn(grid, from))
  const coarsest = grids.find(fits) ?? grids.at(-1)!
  if (coarsest >= leastGrid || notes.every(({ to }) => isOn(coarsest, to))) return coarsest
  return grids.find((grid) => grid >= leastGrid && fits(grid))!
}

function movedNotes(notes: readonly TimedNote[], grid: number, name: string): Warning[] {
  const moved = notes.filter(({ from }) => !isOn(grid, from)).length
  return moved === 0
    ? []
    : [
        musicWarning(
          `${name}: ${moved} of ${counted(notes.length, 'note')} moved to the nearest of ${grid} frames per quarter note.`,
        ),
      ]
}

function tempoOf({ tempos }: MidiEvents, name: string): { tempo: number; warnings: Warning[] } {
  const { min, max } = meterLimits.tempo
  const first = tempos[0]?.tempo ?? 120
  const tempo = Math.min(max, Math.max(min, Number(first.toFixed(3))))
  const others = new Set(tempos.map((one) => one.tempo.toFixed(3))).size - 1
  const warnings =
    others > 0
      ? [
          musicWarning(
            `${name}: the tempo changes; the first one, ${tempo} quarter notes per minute, is kept throughout.`,
          ),
        ]
      : []
  return { tempo, warnings }
}

function pieceOf(
  notes: readonly TimedNote[],
  end: number,
  grid: number,
  tempo: number,
  name: string,
): MusicPiece {
  const last = notes.reduce((most, { to }) => Math.max(most, to), end)
  // A whole bar of silence that ends between two frames ends with the nearest one.
  const count = Math.max(1, Math.round(last * grid))
  if (count > maxFrames)
    throw new UnrollError(
      'E_TOO_LARGE',
      `${name}: the piece lasts ${count} frames of 1/${grid} quarter note; at most ${maxFrames} are read. Divide it.`,
    )
  const sounding = notes
    .map(({ note, from, to }) => {
      const start = Math.min(Math.round(from * grid), count - 1)
      return { note, from: start, to: Math.max(start + 1, Math.round(to * grid)) }
    })
    .sort((a, b) => a.from - b.from)
  return { framesPerQuarter: grid, tempo, frames: framesOf(sounding, count) }
}
