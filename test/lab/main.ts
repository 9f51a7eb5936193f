// `npm run lab-check`: trains the test beds from scratch with a seed that nobody chose, and prints what the analyses must find beside what they
// found.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { nearest } from '../../src-main/contract/errors.ts'
import { append } from '../../src-main/contract/longLists.ts'
import { boundInWords } from '../../src-main/engine/tasks/promises.ts'
import { figure, table } from '../../src-main/shells/cli/format.ts'
import { isKept, trainer, type Bed, type Check } from './bed.ts'
import { beds } from './beds.ts'

const help = `npm run lab-check -- [--only BED ...] [--seed SEED] [--threads N] [--json]

Trains networks on texts whose hidden structure is known and measures whether the analyses find it. Ends with "N kept, N missed";
exit code 1 if a promise is missed.

--only BED     this bed; may be repeated. Beds: ${beds.map(({ name }) => name).join(', ')}
--seed SEED    seed of the networks (drawn at random below 2^31 and printed). The texts are always the same.
--threads N    threads of the native executor (1)
--json         one JSON line per bed; progress goes to stderr
`

const say = (line: string) => void process.stderr.write(`${line}\n`)

function fail(message: string): never {
  say(message)
  process.exit(2)
}

function bedOf(name: string): Bed {
  const names = beds.map((bed) => bed.name)
  const near = nearest(name, names)
  return (
    beds.find((bed) => bed.name === name) ??
    fail(`There is no bed ${name}${near ? `; did you mean ${near}?` : `. Beds: ${names.join(', ')}`}`)
  )
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  return fail(`--${name} ${text}: expected a whole number from ${least} up.`)
}

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string' },
    threads: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  process.stdout.write(help)
  process.exit(0)
}
const chosen = options.only.length > 0 ? options.only.map(bedOf) : beds
const seed = options.seed === undefined ? randomInt(2 ** 31) : whole('seed', options.seed, 0)
const threads = whole('threads', options.threads, 1)
say(`Seed ${seed}; to repeat: --seed ${seed}`)

const checks: Check[] = []
const rows: string[][] = []
for (const { name: bed, about, measure } of chosen) {
  say(`${bed}: ${about}`)
  const from = performance.now()
  const train = trainer(seed, threads, (step, of, loss) => {
    if (step % 500 === 0) say(`${bed}: step ${step} of ${of}, loss ${figure(loss)}`)
  })
  const measured = await measure(train)
  const seconds = Math.round((performance.now() - from) / 1000)
  say(`${bed}: ${seconds} s`)
  append(checks, measured)
  if (options.json) process.stdout.write(`${JSON.stringify({ bed, seed, seconds, checks: measured })}\n`)
  for (const check of measured) {
    const must = boundInWords({ metric: check.name, ...check.must })
    rows.push([bed, check.name, must, figure(check.measured), isKept(check) ? 'kept' : 'missed'])
  }
}
if (!options.json)
  for (const line of table(['bed', 'check', 'must be', 'measured', ''], rows))
    process.stdout.write(`${line}\n`)
const kept = checks.filter(isKept).length
;(options.json ? process.stderr : process.stdout).write(`${kept} kept, ${checks.length - kept} missed\n`)
process.exitCode = kept === checks.length ? 0 : 1
