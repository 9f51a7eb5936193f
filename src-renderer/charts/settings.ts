// Settings of all charts (smoothing, x axis), stored in the browser.
import { remembered } from '../state/remember.ts'
import { isOneOf } from '../state/remember.ts'
import { xAxes, type XAxis } from './series.ts'

const isWeight = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 1

export const smoothing = remembered<number>('charts.smoothing', 0, isWeight)
export const xAxis = remembered<XAxis>('charts.axis', 'step', isOneOf(...xAxes))
