// Times the search for units: reading a text and ranking all signals of an LSTM, then another predicate on the same
// reading, and the screen alone. `node test/bench/unitSearch.ts`
import { chooseExecutor, findUnits } from '../../src-main/engine/index.ts'
import { proseText } from '../../src-main/engine/data/prose.ts'
import { encodeTyped } from '../../src-main/engine/generation/sample.ts'
import { sequenceOf } from '../../src-main/engine/probes/model.ts'
import { labelsWhere } from '../../src-main/engine/probes/positions.ts'
import { targetsOf } from '../../src-main/engine/probes/unitSearch/halves.ts'
import { recordUnits } from '../../src-main/engine/probes/unitSearch/recording.ts'
import {
  screenLabels,
  screenUnit,
  type ScreenLabels,
} from '../../src-main/engine/probes/unitSearch/screen.ts'
import { openedModel } from './openedModel.ts'

const { executor } = chooseExecutor('auto', 1)
const prose = proseText()

/** The fastest of some runs, in milliseconds of the clock and of the processor, which do not differ on an idle machine. */
function line(what: string, times: number, work: () => unknown): void {
  let clock = Infinity
  let processor = Infinity
  for (let i = 0; i < times; i++) {
    const from = performance.now()
    const used = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(used)
    clock = Math.min(clock, performance.now() - from)
    processor = Math.min(processor, (user + system) / 1000)
  }
  process.stdout.write(
    `${what.padEnd(80)} ${clock.toFixed(0).padStart(6)} ms, processor ${processor.toFixed(0)} ms\n`,
  )
}

for (const [hidden, length, signals] of [
  [128, 20_000, undefined],
  [512, 40_000, ['c']],
] as const) {
  const opened = openedModel(hidden, prose, executor)
  const text = prose.slice(0, length)
  const search = (predicate: string) => () =>
    findUnits(opened, { text, predicate, signals: signals && [...signals], top: 20 })
  const what = `${signals ? signals.join(' ') : 'all signals'} of ${hidden} units over ${length} characters`
  line(`${what}, first reading: quote`, 1, search('quote'))
  for (const predicate of ['quote', 'bracket', 'vowel', 'regex("\\w+ed\\b")', 'column'])
    line(`${what}, read before: ${predicate}`, 5, search(predicate))
}

/** The screen alone: the area under the curve of every unit for one predicate, and for it with its shifted and random labels, as a search asks. */
const screened = openedModel(512, prose, executor)
const { ids, symbols, spaces } = encodeTyped(prose.slice(0, 40_000), screened.symbols, 'text')
const columns = recordUnits(screened, sequenceOf(screened), { sequences: [ids], signals: ['c'], skip: 0 })
const targets = targetsOf(labelsWhere('quote', symbols, spaces, false), ids, 'quote')
const one = screenLabels(targets.predicate as Uint8Array)
const all = [
  one,
  ...[...targets.shifted, ...targets.perType].map((labels) => screenLabels(labels as Uint8Array)),
]
const screen = (labels: readonly ScreenLabels[]) => () =>
  columns.map((column) => labels.map(screenUnit(column).separation))
line('screen of 512 units over 40000 positions: quote', 20, screen([one]))
line(`screen of 512 units over 40000 positions: quote and ${all.length - 1} baselines`, 10, screen(all))
