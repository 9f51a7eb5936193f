// Writes examples into the inputs of a program: frames (T + 1, B, 88) padded to its length, and the mask (T, B) of the predicted ones.
import { keyCount } from '../../../contract/music/pieces.ts'
import type { Counter } from '../../run/random.ts'
import { randomStream } from '../../run/random.ts'
import type { Executable } from '../../run/executor.ts'
import { stepsOf, type Example } from '../examples/example.ts'
import { musicLayout } from './pieces.ts'

const transpositionStream = 0x6d757369

/** Semitones by which an example is moved, uniform among those of at most `most` that keep all its keys on the piano. */
function semitones({ input }: Example, most: number, random: ReturnType<typeof randomStream>): number {
  const keys = Array.from({ length: keyCount }, () => false)
  for (let i = 0; i < input.length; i++) if (input[i]) keys[i % keyCount] = true
  const [lowest, highest] = [keys.indexOf(true), keys.lastIndexOf(true)]
  if (lowest < 0) return 0
  const [down, up] = [Math.min(most, lowest), Math.min(most, keyCount - 1 - highest)]
  return random.below(down + up + 1) - down
}

/**
 * Writes at most B examples, one per column. `transpose`: largest number of semitones by which each is moved at random, which depends on seed, step
 * and column alone; 0 moves none.
 */
export function writeMusic(
  executable: Executable,
  examples: readonly Example[],
  transpose: number,
  counter: Counter,
): void {
  const { slots } = executable.program
  const [steps, columns] = slots.get('mask')!.shape as [number, number]
  const frames = new Float64Array((steps + 1) * columns * keyCount)
  const mask = new Float64Array(steps * columns)
  const random = randomStream(counter, transpositionStream)
  examples.forEach((example, b) => {
    const moved = transpose > 0 ? semitones(example, transpose, random) : 0
    const length = stepsOf(musicLayout, example)
    for (let t = 0; t < length; t++) {
      const to = (t * columns + b) * keyCount + moved
      for (let k = 0; k < keyCount; k++) if (example.input[t * keyCount + k]) frames[to + k] = 1
      if (t + 1 < length) mask[t * columns + b] = 1
    }
  })
  executable.write('frames', frames)
  executable.write('mask', mask)
}
