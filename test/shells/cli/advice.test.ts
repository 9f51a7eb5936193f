// What errors advise exists: every command and flag that a text names is one of the terminal's, and texts that all doors show name none,
// because each door words an action by itself.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { actions, adviceInTerminal } from '../../../src-main/contract/advice.ts'
import { UnrollError } from '../../../src-main/contract/errors.ts'
import { buildProgram } from '../../../src-main/shells/cli/program.ts'
import type { Cli } from '../../../src-main/shells/cli/run.ts'
import { fakeApp } from '../../standIn/app.ts'
import { runId, runRow } from '../fakeRuns.ts'
import { unroll } from './terminal.ts'

const root = fileURLToPath(new URL('../../../src-main/', import.meta.url))
const program = buildProgram({ out: {}, host: {} } as Cli, [])
const options = (command: typeof program) => command.options.map(({ long }) => long)
const all = [program, ...program.commands.flatMap((command) => [command, ...command.commands])]
const flags = new Set(['--help', ...all.flatMap(options)])

/** Sources without comments, by path; those of injected faults speak to no user. */
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && path !== 'store/faults.ts')
  .map((path) => [path, readFileSync(root + path, 'utf8').replace(/^\s*(\/\/|\/?\*).*$/gm, '')] as const)

/** Faults of a command line in a text: an unknown command, or a flag that it does not have. */
function faultsOf(line: string): string[] {
  const [, name, ...words] = line.split(' ')
  const command = program.commands.find((one) => one.name() === name)
  if (!command) return [`${line}: no such command`]
  const known = [...options(command), ...options(program)]
  return words
    .filter((word) => word.startsWith('--') && !known.includes(word))
    .map((word) => `${line}: no ${word}`)
}

describe('advice', () => {
  it.each(Object.entries(actions))('%s is a command of the terminal', (_name, { terminal }) =>
    expect(faultsOf(terminal)).toEqual([]),
  )

  it('names commands and flags that are there', () => {
    const lines = sources.flatMap(([, text]) => text.match(/\bunroll [a-z]+( --?[a-z-]+| [A-Z]+)*/g) ?? [])
    expect(lines.length).toBeGreaterThan(15)
    expect(lines.flatMap(faultsOf)).toEqual([])
    const named = sources
      .filter(([path]) => path.startsWith('shells/cli'))
      .flatMap(([, text]) => text.match(/(?<![\w-])--[a-z][a-z-]+(?=[ .,:"'`=)])/g) ?? [])
    expect(named.filter((flag) => !flags.has(flag))).toEqual([])
  })

  /** Where the commands are meant: the wording of advice, and how the presets' promises are measured. */
  const elsewhere = ['contract/advice.ts', 'engine/promises.ts']

  it('belongs to no door where all doors show it', () => {
    const shared = sources.filter(
      ([path]) => /^(contract|engine|jobs|store|services)/.test(path) && !elsewhere.includes(path),
    )
    const found = shared.flatMap(([path, text]) =>
      (text.match(/\bunroll [a-z]+|(?<![\w-])--[a-z][a-z-]+/g) ?? []).map((words) => `${path}: ${words}`),
    )
    // Where the data folder is, is said before any door is open.
    expect(found.filter((one) => !/^store\/\w+\.ts: --data-dir$/.test(one))).toEqual([])
  })

  it.each([
    [
      'sample',
      'series',
      /a generates nothing, because its task is symbol series; its predictions are recorded/,
    ],
    ['sample', 'addition', /a generates nothing, because its task is binary addition\. /],
    ['inspect', 'addition', /no text to show its units on, because it reads numbers/],
  ])('of %s for a run on %s leads to what there is', async (command, kind, why) => {
    const run = runRow(1, 'a', 'finished', { data: { kind } })
    const app = fakeApp({ 'runs.list': () => ({ runs: [run], total: 1 }) })
    const { exit, err } = await unroll([command, 'a'], { app })
    expect([exit, err]).toEqual([2, expect.stringMatching(why)])
    expect(err).toContain(`try: unroll show ${run.id}\n`)
    expect(app.calls.map(({ name }) => name)).toEqual(['runs.list'])
  })

  it('follows the message, with the run that it is for', async () => {
    const advice = { action: 'fork', run: runId(1) } as const
    const app = fakeApp({
      'data.list': () => {
        throw new UnrollError('E_STATE', 'It is finished.', { advice })
      },
    })
    expect((await unroll(['data'], { app })).err).toBe(
      `unroll: It is finished. (E_STATE)\ntry: ${adviceInTerminal(advice)}\n`,
    )
  })
})
