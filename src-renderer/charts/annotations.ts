// What Chart.js draws over the lines of a chart: a level, the best value, marks of NaN and infinities, and steps at which something happened.
import type { AnnotationOptions } from 'chartjs-plugin-annotation'
import type { Ink } from './chartjs.ts'
import { markText, type Mark } from './decimate.ts'

/** A training step at which something happened. */
export interface StepMark {
  step: number
  text: string
}

/** A vertical line with its text at the upper end; `index` counts the lines, whose texts stand below each other. */
export const stepLine = (x: number, text: string, index: number, ink: Ink): AnnotationOptions => ({
  type: 'line',
  xMin: x,
  xMax: x,
  borderColor: ink.accent,
  borderWidth: 1,
  borderDash: [3, 3],
  adjustScaleRange: false,
  label: {
    display: true,
    content: text,
    position: 'end',
    yAdjust: 18 * (index % 6),
    color: ink.text,
    backgroundColor: ink.surface,
    font: { family: ink.font, size: 11, weight: 'normal' },
    padding: 2,
  },
})

/** A horizontal line at a value. */
export const levelLine = (y: number, ink: Ink): AnnotationOptions => ({
  type: 'line',
  yMin: y,
  yMax: y,
  borderColor: ink.axis,
  borderWidth: 1,
  borderDash: [4, 4],
  adjustScaleRange: false,
})

/** A ring at the best value of a line. */
export const bestRing = (x: number, y: number, color: string, ink: Ink): AnnotationOptions => ({
  type: 'point',
  xValue: x,
  yValue: y,
  radius: 4.5,
  borderColor: color,
  borderWidth: 2,
  backgroundColor: ink.surface,
  adjustScaleRange: false,
})

/** Annotations of marks: a cross on the axis for NaN, a triangle at the upper or lower edge for an infinity. */
export const markSign = (mark: Mark, color: string): AnnotationOptions => ({
  type: 'point',
  xValue: mark.x,
  yValue: (context) => context.chart.scales['y']![mark.kind === 'Infinity' ? 'max' : 'min'],
  yAdjust: mark.kind === 'Infinity' ? 6 : -6,
  pointStyle: mark.kind === 'NaN' ? 'crossRot' : 'triangle',
  rotation: mark.kind === '-Infinity' ? 180 : 0,
  radius: 5,
  borderColor: color,
  borderWidth: 2,
  backgroundColor: color,
  adjustScaleRange: false,
})

/** The text of a mark above the x axis; `index` counts labels, which stand above each other. */
export const markLabel = (mark: Mark, index: number, ink: Ink): AnnotationOptions => ({
  type: 'label',
  xValue: mark.x,
  yValue: (context) => context.chart.scales['y']!.min,
  yAdjust: -20 - 16 * index,
  position: { x: 'center', y: 'center' },
  content: markText(mark),
  color: ink.danger,
  backgroundColor: ink.surface,
  font: { family: ink.font, size: 11, weight: 'normal' },
  padding: 2,
  adjustScaleRange: false,
})
