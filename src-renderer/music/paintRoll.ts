// Paints a piano roll on a canvas: keys as rows, the highest on top, frames as columns, lines at quarter notes and bars.
import { isBlack, type RollBar, type RollRange, type RollScale } from './rolls.ts'

export interface RollInk {
  surface: string
  blackKey: string
  line: string
  strongLine: string
  given: string
  bar: string
}

export interface RollPicture {
  bars: readonly RollBar[]
  frames: number
  framesPerQuarter: number
  /** Bars that begin before this frame have the colour of given ones. */
  given: number
  range: RollRange
  scale: RollScale
}

/** Quarter notes of a measure, where thicker lines are drawn. */
const quartersPerBar = 4

export function paintRoll(context: CanvasRenderingContext2D, picture: RollPicture, ink: RollInk): void {
  const { bars, frames, framesPerQuarter, given, range, scale } = picture
  const width = frames * scale.frame
  const top = (note: number) => (range.high - note) * scale.key
  const height = top(range.low) + scale.key
  context.globalAlpha = 1
  context.fillStyle = ink.surface
  context.fillRect(0, 0, width, height)
  for (let note = range.low; note <= range.high; note++) {
    if (isBlack(note)) {
      context.fillStyle = ink.blackKey
      context.fillRect(0, top(note), width, scale.key)
    }
    if (note % 12 === 0) {
      context.fillStyle = ink.line
      context.fillRect(0, top(note) + scale.key - 1, width, 1)
    }
  }
  for (let frame = 0; frame <= frames; frame += framesPerQuarter) {
    context.fillStyle = frame % (quartersPerBar * framesPerQuarter) === 0 ? ink.strongLine : ink.line
    context.fillRect(Math.min(frame * scale.frame, width - 1), 0, 1, height)
  }
  for (const { note, from, to, strength } of bars) {
    if (note < range.low || note > range.high) continue
    context.globalAlpha = strength
    context.fillStyle = from < given ? ink.given : ink.bar
    // A gap before the next onset tells a repeated note from a held one.
    const gap = strength === 1 && scale.frame > 3 ? 1 : 0
    context.fillRect(from * scale.frame, top(note), (to - from) * scale.frame - gap, scale.key - 0.5)
  }
  context.globalAlpha = 1
}
