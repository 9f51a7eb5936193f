// Slider scales, key combinations, status rules, run search: the logic behind the controls.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runMatcher } from '../../src-renderer/state/runFilter.ts'
import { keyText, matchesKeys } from '../../src-renderer/ui/keys.ts'
import { positionOf, valueAt, type Range } from '../../src-renderer/ui/scale.ts'
import { canPause, canResume, canStop } from '../../src-renderer/ui/status.ts'
import {
  columnOf,
  defaultHidden,
  progressText,
  runColumns,
  measuredIn,
  sortingOf,
} from '../../src-renderer/views/runs/columns.ts'
import type { RunStatus } from '../../src-main/contract/run.ts'
import { fakeRun } from '../standIn/data.ts'

describe('slider scales', () => {
  const ranges: Range[] = [
    { min: 1, max: 16_384, scale: 'log', integer: true },
    { min: 3e-6, max: 3, scale: 'log', integer: false },
    { min: 0, max: 2e6, scale: 'log', integer: true, low: 2 },
    { min: 0, max: 0.5, scale: 'linear', integer: false },
  ]
  it.each(ranges)('stays inside $min ... $max, rises, and reaches both ends', (range) => {
    expect(valueAt(0, range)).toBe(range.min)
    expect(valueAt(1, range)).toBe(range.max)
    let last = -Infinity
    for (let i = 0; i <= 200; i++) {
      const value = valueAt(i / 200, range)
      expect(value).toBeGreaterThanOrEqual(last)
      if (range.integer) expect(Number.isInteger(value)).toBe(true)
      last = value
    }
  })
  it('finds its way back: the value at the position of a value is near that value', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ranges),
        fc.double({ min: 0.02, max: 1, noNaN: true }),
        (range, position) => {
          const value = valueAt(position, range)
          const back = valueAt(positionOf(value, range), range)
          expect(Math.abs(back - value)).toBeLessThanOrEqual(
            0.06 * Math.max(Math.abs(value), range.scale === 'linear' ? range.max : 0),
          )
        },
      ),
    )
  })
  it('clamps what lies outside', () => {
    expect(positionOf(1e9, ranges[0]!)).toBe(1)
    expect(positionOf(-5, ranges[2]!)).toBe(0)
  })
})

describe('keys', () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
    ({
      key,
      code: '',
      ctrlKey: false,
      metaKey: false,
      shiftKey: false,
      altKey: false,
      ...more,
    }) as KeyboardEvent
  it('means Ctrl by mod, and Cmd on a Mac, never both', () => {
    expect(matchesKeys(press('k', { ctrlKey: true }), 'mod+k', false)).toBe(true)
    expect(matchesKeys(press('k', { metaKey: true }), 'mod+k', true)).toBe(true)
    expect(matchesKeys(press('k', { ctrlKey: true }), 'mod+k', true)).toBe(false)
    expect(matchesKeys(press('k', { ctrlKey: true, metaKey: true }), 'mod+k', false)).toBe(false)
  })
  it('does not confuse a key with its shifted or bare form', () => {
    expect(matchesKeys(press('P', { ctrlKey: true, shiftKey: true }), 'mod+shift+p', false)).toBe(true)
    expect(matchesKeys(press('p', { ctrlKey: true }), 'mod+shift+p', false)).toBe(false)
    expect(matchesKeys(press('k'), 'mod+k', false)).toBe(false)
  })
  it('takes signs wherever the keyboard has them', () =>
    expect(matchesKeys(press('/', { ctrlKey: true, shiftKey: true }), 'mod+/', false)).toBe(true))
  it('prints what is on the keys', () => {
    expect(keyText('mod+shift+p', false)).toBe('Ctrl+Shift+P')
    expect(keyText('mod+k', true)).toBe('⌘K')
    expect(keyText('f2', false)).toBe('F2')
    expect(keyText('delete', false)).toBe('Del')
  })
})

describe('what can be done with a run', () => {
  const run = fakeRun(1, 1e12)
  const of = (status: typeof run.status, trashedAt: number | null = null) => ({ ...run, status, trashedAt })
  it('follows its status', () => {
    const able = (status: typeof run.status) => [canPause, canResume, canStop].map((can) => can(of(status)))
    expect(able('running')).toEqual([true, false, true])
    expect(able('queued')).toEqual([true, false, true])
    expect(able('paused')).toEqual([false, true, true])
    expect(able('interrupted')).toEqual([false, true, false])
    expect(able('finished')).toEqual([false, false, false])
  })
  it('is nothing while it lies in the trash', () => {
    for (const status of ['running', 'paused', 'stopped'] as const)
      expect([canPause, canResume, canStop].some((can) => can(of(status, 5)))).toBe(false)
  })
})

describe('search', () => {
  const runs = Array.from({ length: 60 }, (_, n) => fakeRun(n, 1e12))
  const names = (query: string) => runs.filter(runMatcher(query))
  it('needs every word', () => {
    expect(names('')).toHaveLength(60)
    const found = names('willow cell:elman')
    expect(found.length).toBeGreaterThan(0)
    for (const run of found) {
      expect(run.name).toContain('willow')
      expect(run.config.model.cell).toBe('elman')
    }
    expect(names('willow nosuchword')).toHaveLength(0)
  })
  it('knows tags and status', () => {
    expect(names('tag:paper').every((run) => run.tags.includes('paper'))).toBe(true)
    expect(names('status:run').map((run) => run.status)).toEqual(['running', 'running', 'running'])
  })
  it('takes an unknown key as plain text', () => expect(names('nokey:paper')).toHaveLength(0))
})

describe('table columns', () => {
  it('have distinct ids and never show NaN as a sort key', () => {
    expect(columnOf.size).toBe(runColumns.length)
    const diverged = fakeRun(5, 1e12)
    expect(Number.isNaN(diverged.summaries.find((one) => one.name === 'train/loss')!.last)).toBe(true)
    expect(columnOf.get('trainLoss')!.value(diverged)).toBeUndefined()
    expect(columnOf.get('trainLoss')!.text!(diverged)).toBe('NaN')
  })
  it('fit a window of 1280 pixels with whole titles, and the first sorted one is near the name', () => {
    const shown = runColumns.filter(({ id }) => !defaultHidden.includes(id))
    expect(shown.reduce((sum, { width }) => sum + width, 72)).toBeLessThanOrEqual(1280)
    expect(shown.findIndex(({ id }) => id === 'created')).toBeLessThan(3)
    // 12 px semibold, the arrow of the order, the padding of the cell.
    for (const { title, width } of runColumns)
      expect(7.2 * title.length + 14 + 16, title).toBeLessThanOrEqual(width)
  })
  it('tell the progress of runs that have not finished', () => {
    const of = (status: RunStatus) => progressText({ ...fakeRun(1, 1e12), status, step: 50, totalSteps: 200 })
    expect([of('running'), of('failed'), of('finished')]).toEqual(['25 %', '25 %', ''])
  })
  it('rank losses within a task', () => {
    expect(sortingOf('valLoss', false).map(({ id }) => id)).toEqual(['pinned', 'valLoss group', 'valLoss'])
    expect(sortingOf('created', true).map(({ id }) => id)).toEqual(['pinned', 'created'])
    const column = columnOf.get('valLoss')
    const run = fakeRun(1, 1e12)
    const elsewhere = {
      ...run,
      config: { ...run.config, data: { ...run.config.data, unit: 'word' } },
    } as typeof run
    expect(measuredIn(column, fakeRun(1, 2e12))).toBe(measuredIn(column, run))
    expect(measuredIn(column, elsewhere)).not.toBe(measuredIn(column, run))
    for (const { id, about } of runColumns.filter((column) => column.metric))
      expect(about, id).toContain('ranked together')
  })
  it('show a dash where a queued run has nothing yet', () =>
    expect(columnOf.get('valLoss')!.text!(fakeRun(3, 1e12))).toBe('–'))
})
