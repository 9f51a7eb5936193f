// Palette, shortcuts and the run's menu: one table of keys, one list of actions, and what is on screen first.
import { createPinia, setActivePinia } from 'pinia'
import { effectScope } from 'vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { keyRows, paletteCommands, runKeys, shownCommands, useCommands } from '@/state/commands.ts'
import { useRuns } from '@/state/runs.ts'
import { keyText } from '@/ui/keys.ts'
import { icons } from '@/ui/icons.ts'
import { commandsOf, useRunMenu } from '@/ui/runMenu.ts'
import { isShortcut, shortcuts } from '@/ui/shortcuts.ts'
import type { RunRow } from '../../src-main/contract/run.ts'
import { fakeRun } from '../standIn/data.ts'

const went: unknown[] = []
vi.mock('vue-router', () => ({ useRouter: () => ({ push: (to: unknown) => went.push(to) }) }))

const press = (keys: string, target: unknown = null): KeyboardEvent => {
  const parts = keys.split('+')
  const key = parts.pop()!
  const spelled: Record<string, string> = { space: ' ', arrowleft: 'ArrowLeft', arrowright: 'ArrowRight' }
  return {
    key: spelled[key] ?? key,
    code: /^\d$/.test(key) ? `Digit${key}` : '',
    ctrlKey: parts.includes('mod'),
    shiftKey: parts.includes('shift'),
    altKey: parts.includes('alt'),
    metaKey: false,
    target,
    preventDefault: () => undefined,
  } as unknown as KeyboardEvent
}

beforeEach(() => {
  setActivePinia(createPinia())
  went.length = 0
  vi.stubGlobal('document', { querySelector: () => null })
})

describe('shortcuts', () => {
  it('are each recognised by their own keys and by no other row of their group', () => {
    const rows = Object.entries(shortcuts) as [keyof typeof shortcuts, { group: string; keys: string }][]
    for (const [name, { group, keys }] of rows)
      for (const one of keys.split(' ')) {
        const taken = rows.filter(([other]) => isShortcut(press(one), other)).map(([other]) => other)
        expect(taken, keyText(one)).toContain(name)
        expect(taken.filter((other) => shortcuts[other].group === group)).toEqual([name])
      }
  })

  it('are listed once and run by the document without a click before', () => {
    const turned: number[] = []
    const scope = effectScope()
    scope.run(() => {
      useCommands([{ ...shortcuts.previousUnit, run: () => turned.push(-1) }, shortcuts.openRun])
      useCommands([{ ...shortcuts.nextUnit, run: () => turned.push(1) }, shortcuts.openRun])
    })
    for (const keys of ['arrowright', ']', 'arrowleft', '[']) expect(runKeys(press(keys))).toBe(true)
    expect(turned).toEqual([1, 1, -1, -1])
    expect(keyRows(shownCommands.value).map(({ title }) => title)).toEqual([
      'Previous unit',
      'Open the run',
      'Next unit',
    ])
    expect(runKeys(press('enter'))).toBe(false)
    // A slider keeps its arrow keys.
    expect(runKeys(press('arrowleft', { closest: () => ({}), matches: () => false }))).toBe(false)
    scope.stop()
    expect(shownCommands.value).toEqual([])
  })
})

it('the palette offers what is on screen first, and not itself', () => {
  const scope = effectScope()
  scope.run(() => {
    useCommands([
      { ...shortcuts.palette, unlisted: true, run: () => undefined },
      { ...shortcuts.runs, run: () => undefined },
    ])
    useCommands(() => [{ title: 'Pause', group: 'This run', run: () => undefined }])
  })
  expect(paletteCommands.value.map(({ title }) => title)).toEqual(['Pause', 'Runs'])
  expect(runKeys(press('mod+k'))).toBe(true)
  scope.stop()
})

describe('the menu of a run', () => {
  const menuOf = (changes: Partial<RunRow>, page?: string) => {
    const run = { ...fakeRun(1, 1e12), trashedAt: null, ...changes }
    useRuns().rows.set(run.id, run)
    return useRunMenu()(run, { rename: () => undefined, ...(page && { page }) })
  }
  const usable = (changes: Partial<RunRow>) =>
    commandsOf(menuOf(changes, 'run'))
      .filter((one) => one.enabled!())
      .map(({ title }) => title)

  it('gives the palette every action of the run on screen', () => {
    const always = ['Program', 'Compare with other runs', 'Clone to the form', 'Rename', 'Save metrics (CSV)', 'Save configuration (JSON)', 'Move to the trash'] // prettier-ignore
    expect(usable({ status: 'running', step: 5 })).toEqual(
      expect.arrayContaining([
        ...always,
        'Pause',
        'Stop',
        'Neurons',
        'Generate text',
        'Fork from a checkpoint',
        'Save weights (safetensors)',
      ]),
    )
    expect(usable({ status: 'paused', step: 5 })).toEqual(expect.arrayContaining(['Resume', 'Stop']))
    expect(usable({ status: 'finished', step: 5 })).not.toContain('Pause')
    const waiting = usable({ status: 'queued', step: 0 })
    for (const title of ['Neurons', 'Generate text', 'Save weights (safetensors)'])
      expect(waiting).not.toContain(title)
    expect(usable({ trashedAt: 1 })).toEqual(['Restore'])
  })

  it('has an icon of its own for every action but the savings, and launching does not look like importing', () => {
    const used = menuOf({ step: 5 })
      .map(({ icon }) => icons[icon!])
      .filter((path) => path !== icons.download)
    expect(new Set(used).size).toBe(used.length)
    expect(new Set(Object.values(icons)).size).toBe(Object.keys(icons).length)
  })

  it('compares with the selected runs where there are some', () => {
    const other = { ...fakeRun(2, 1e12), trashedAt: null }
    useRuns().rows.set(other.id, other)
    useRuns().selected.add(other.id)
    const compare = menuOf({}).find(({ icon }) => icon === 'compare')!
    expect(compare.label).toBe('Compare with the selected runs')
    compare.run()
    expect(went).toEqual([{ name: 'compare', query: { ids: `${fakeRun(1, 1e12).id},${other.id}` } }])
  })
})
