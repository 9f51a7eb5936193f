// How compared runs are told apart: each keeps its colour unless another one looks like it to some eyes; beyond the palette the same
// colours come again with dashes. Pure.
import { least } from '@contract/longLists.ts'
import { runColor, runPalette, type ThemeName } from '../styles/palette.ts'
import { seenAs, seenDistance } from '../styles/oklab.ts'

export interface RunLook {
  /** As stored with a run: an index of the palette or #rrggbb. */
  color: string
  /** 0 = the plain lines of a variant; from 1 on with dashes of their own. */
  dashes: number
}

const themes: ThemeName[] = ['light', 'dark']
const size = runPalette.light.length
/** OKLab distance from which on two lines are told apart without looking closely. */
const apart = 0.09

/** One look per run, all different, in the order given: the first keep their colours. */
export function runLooks(runs: readonly { id: string; color: string }[]): Map<string, RunLook> {
  const looks = new Map<string, RunLook>()
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
    looks.set(id, { color: best.color, dashes: Math.floor(i / size) })
  })
  return looks
}
