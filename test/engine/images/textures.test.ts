// The generated textures.
import { describe, expect, it } from 'vitest'
import { drawTexture, textureKinds } from '../../../src-main/engine/tasks/images/textures.ts'
import { randomStream } from '../../../src-main/engine/run/random.ts'

describe('textures', () => {
  it('use the levels that there are, depend on chance alone, and differ', () => {
    for (const kind of textureKinds) {
      const draw = (step: number, levels: number) =>
        drawTexture(kind, { size: 16, levels }, randomStream({ seed: [1, 0], step }, 2), 7)
      expect(draw(1, 5)).toEqual(draw(1, 5))
      expect(draw(1, 5)).not.toEqual(draw(2, 5))
      for (const levels of [2, 5, 16]) {
        const all = Array.from({ length: 20 }, (_, i) => [...draw(i, levels)]).flat()
        expect(Math.min(...all)).toBe(0)
        expect(Math.max(...all)).toBe(levels - 1)
        expect(all.every((level) => Number.isInteger(level))).toBe(true)
      }
    }
  })
})
