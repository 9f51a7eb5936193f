// The drawing of the cell at work: every signal once, the state before and after the symbol, gates as valves that turn.
import { expect, it } from 'vitest'
import type { CellValues } from '@contract/cellValues.ts'
import { catalog } from '../../../src-main/engine/index.ts'
import { cellDrawing, width } from '@/views/neurons/card/cellDrawing.ts'
import { cellValuesOf } from '../../standIn/cellValues.ts'

const lstm = cellValuesOf({ layer: 0, unit: 3, step: 1 }, 40)

it('shows the state before and after the symbol, and moves with it', () => {
  const [here, next] = [cellDrawing(lstm, 10, 'light'), cellDrawing(lstm, 11, 'light')]
  const value = (drawing: typeof here, label: string) =>
    drawing.boxes.find((box) => box.label === label)!.value
  for (const id of ['c', 'h']) expect(value(next, `${id} before`)).toBe(value(here, `${id} after`))
  expect(value(cellDrawing(lstm, 0, 'light'), 'c before')).toBe(0)
  expect(here.plus).not.toBeNull()
})

it('turns the bar of a gate along the flow at 1 and across it at 0', () => {
  for (let t = 0; t < 40; t++) {
    const { valves } = cellDrawing(lstm, t, 'light')
    for (const { label, value, turn } of valves)
      expect(turn).toBeCloseTo(90 * (1 - value) + (label === 'f' ? 0 : 90))
  }
})

it('holds every signal of every cell once, within the drawing, without two in one place', () => {
  for (const { id, signals } of catalog().cells) {
    const roles = signals.map((one) => ({
      ...one,
      role:
        one.id === 'h' || one.id === 'c'
          ? ('state' as const)
          : one.kind === 'gate'
            ? ('gate' as const)
            : ('other' as const),
    }))
    const found: CellValues = {
      layer: 0,
      unit: 0,
      step: 1,
      back: 1,
      signals: roles,
      values: new Float32Array(roles.length * 4).fill(0.5),
    }
    const { boxes, valves, height } = cellDrawing(found, 2, 'dark')
    const labels = [...boxes, ...valves].map(({ label }) => label.replace(/ (before|after)$/, ''))
    expect([id, new Set(labels)]).toEqual([id, new Set(signals.map((one) => one.id))])
    for (const { x, y } of [...boxes, ...valves]) {
      expect(x).toBeGreaterThan(0)
      expect(x).toBeLessThan(width)
      expect(y).toBeLessThan(height)
    }
    const places = [...boxes, ...valves].map(({ x, y }) => `${x} ${y}`)
    expect([id, new Set(places).size]).toEqual([id, places.length])
  }
})
