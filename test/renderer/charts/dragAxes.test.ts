import { expect, it } from 'vitest'
import { axesOfDrag } from '@/charts/dragAxes.ts'

it('zooms one axis by a drag along it, in any direction and with an unsteady hand', () => {
  expect(axesOfDrag(250, 4)).toBe('x')
  expect(axesOfDrag(-250, -19)).toBe('x')
  expect(axesOfDrag(600, 60)).toBe('x')
  expect(axesOfDrag(-5, 120)).toBe('y')
  expect(axesOfDrag(18, -400)).toBe('y')
})

it('zooms both axes by a drag that spans a box, also a small one', () => {
  expect(axesOfDrag(230, 170)).toBe('xy')
  expect(axesOfDrag(-300, 60)).toBe('xy')
  expect(axesOfDrag(14, 12)).toBe('xy')
})
