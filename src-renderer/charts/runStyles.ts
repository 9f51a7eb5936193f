// Line colours and dashes of compared runs: a run keeps its colour unless it is too close to an earlier one, for normal or colour-blind vision.
// After 20 runs the colours repeat with dashes. Pure.
import { least } from '@contract/longLists.ts'
import { runColor, runPalette, type ThemeName } from '../styles/palette.ts'
import { seenAs, seenDistance } from '@contract/heat/oklab.ts'

export interface RunStyle {
  /** Palette index or #rrggbb, as stored with a run. */
  color: string
  /** Dash pattern: 0 = the usual one of train, val or test; from 1 on an additional pattern. */
  dashes: number
}

const themes: ThemeName[] = ['light', 'dark']
const size = runPalette.light.length
/** Smallest OKLab distance of two colours that are easy to tell apart. */
const apart = 0.09

/** A style per run by id, all different; earlier runs keep their colours. */
export function runStyles(runs: readonly { id: string; color: string }[]): Map<string, RunStyle> {
  const styles = new Map<string, RunStyle>()
  const seen = (color: string) => themes.map((theme) => seenAs(runColor(color, theme)))
  const palette = Array.from({ length: size }, (_, i) => ({ color: String(i), seen: seen(String(i)) }))
  let taken: { color: string; seen: ReturnType<typeof seen> }[] = []
  const distance = (one: ReturnType<typeof seen>) =>
    least(taken.flatMap((other) => one.map((eyes, i) => seenDistance(eyes, other.seen[i]!))))
  runs.forEach(({ id, color }, i) => {
    if (i % size === 0) taken = []
    const own = { color, seen: seen(color) }
    let best = own
    if (distance(own.seen) < apart)
      for (const one of palette) if (distance(one.seen) > distance(best.seen)) best = one
    taken.push(best)
    styles.set(id, { color: best.color, dashes: Math.floor(i / size) })
  })
  return styles
}
