// Plays a piece with oscillators of Web Audio: a triangle wave with an envelope per note, scheduled a little ahead of the clock of the sound
// card, so that a busy page does not delay notes. It loads nothing.
import { frameSeconds, type MusicPiece } from '@contract/music/pieces.ts'
import { soundingNotes } from '@contract/music/soundingNotes.ts'

/** A note in seconds from the beginning. */
export interface TimedNote {
  note: number
  at: number
  seconds: number
}

/** Notes in order of onset. */
export function timedNotes(piece: MusicPiece): TimedNote[] {
  const seconds = frameSeconds(piece)
  return soundingNotes(piece).map(({ note, from, to }) => ({
    note,
    at: from * seconds,
    seconds: (to - from) * seconds,
  }))
}

/** Frequency of a MIDI note number in equal temperament, A4 = 440 Hz. */
export const frequencyOf = (note: number): number => 440 * 2 ** ((note - 69) / 12)

/** Seconds that are scheduled ahead, and milliseconds between two looks at the clock. */
const [ahead, tickMs] = [0.25, 50]
/** Seconds before the first note, of the attack and of the release. */
const [lead, attack, release] = [0.06, 0.012, 0.12]
/** Loudness of one note; four voices do not clip. */
const loudness = 0.16

export interface Playback {
  /** Position in frames; null before the first and after the last. */
  position(): number | null
  stop(): void
}

function sound(context: AudioContext, output: AudioNode, { note, seconds }: TimedNote, at: number): void {
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  oscillator.type = 'triangle'
  oscillator.frequency.value = frequencyOf(note)
  const end = at + Math.max(seconds, 2 * attack)
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(loudness, at + attack)
  // A plucked string fades while it sounds.
  gain.gain.exponentialRampToValueAtTime(loudness * 0.35, end)
  gain.gain.linearRampToValueAtTime(0, end + release)
  oscillator.connect(gain).connect(output)
  oscillator.start(at)
  oscillator.stop(end + release)
}

/** Plays a piece from its beginning; `ended` is called once, at its end or when it is stopped. */
export function play(piece: MusicPiece, ended: () => void, context = new AudioContext()): Playback {
  const notes = timedNotes(piece)
  const seconds = frameSeconds(piece)
  const length = piece.frames.length * seconds
  const output = context.createGain()
  output.connect(context.destination)
  void context.resume()
  const begin = context.currentTime + lead
  let next = 0
  let over = false
  const schedule = () => {
    const now = context.currentTime - begin
    for (; next < notes.length && notes[next]!.at < now + ahead; next++)
      sound(context, output, notes[next]!, begin + notes[next]!.at)
    if (now > length + release) finish()
  }
  const timer = setInterval(schedule, tickMs)
  function finish(): void {
    if (over) return
    over = true
    clearInterval(timer)
    output.gain.setTargetAtTime(0, context.currentTime, 0.02)
    setTimeout(() => void context.close(), 200)
    ended()
  }
  schedule()
  return {
    position() {
      const frame = (context.currentTime - begin) / seconds
      return over || frame < 0 || frame > piece.frames.length ? null : frame
    },
    stop: finish,
  }
}
