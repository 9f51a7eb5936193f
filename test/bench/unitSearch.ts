// Times the search for units: reading a text and ranking all signals of an LSTM, then another predicate on the same
// reading. `node test/bench/unitSearch.ts`
import { chooseExecutor, findUnits } from '../../src-main/engine/index.ts'
import { proseText } from '../../src-main/engine/data/prose.ts'
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
