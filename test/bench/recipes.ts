// `npm run recipes`: trains presets with seeds that nobody chose and prints what they promise beside what the seeds reached.
import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Preset } from '../../src-main/contract/catalog.ts'
import { nearest } from '../../src-main/contract/errors.ts'
import { catalog } from '../../src-main/engine/index.ts'
import { boundInWords, isWithin, metricInWords, seedsInWords } from '../../src-main/engine/tasks/promises.ts'
import { figure, table } from '../../src-main/shells/cli/format.ts'
import { reach, type Reached } from './recipe.ts'

const help = `npm run recipes -- [PRESET ...] [--seeds N] [--first SEED] [--jobs K] [--data FILE] [--set KEY=VALUE ...] [--json] [--out FILE]

Trains each preset with N seeds (2) as "unroll train" does, one thread each at the lowest priority, and prints each promise of
the preset beside the values that the seeds reached, the baselines that the same runs recorded, the share of seeds that kept
it (within its bounds and better than the baseline), and the mean time.
Without names: all presets, but those that need a file. They are measured by name, with --data FILE.

--first SEED   the seeds are SEED, SEED + 1, ... Without it the first is drawn at random below 2^31 and printed, so the
               measurement can be repeated; no seed is chosen or left out. The shares in the table of presets were found so.
--jobs K       runs at a time (1)
--set          a setting that differs from the preset's; may be repeated
--out FILE     writes the table as Markdown too, such as docs/recipes.md
--json         one JSON line per preset; progress goes to stderr
`

/** Per promise of the preset: the figure, what the seeds and its baseline reached, and how many seeds kept it. */
function judge(preset: Preset, reached: readonly Reached[]) {
  return preset.promises.map((promise, p) => {
    const values = reached.map((one) => one.values[p]!)
    const baselines = reached.flatMap((one) => one.baselines[p] ?? [])
    const isBetter = (value: number, i: number) =>
      promise.baseline === undefined ||
      (promise.atMost === undefined ? value > baselines[i]! : value < baselines[i]!)
    return {
      metric: metricInWords(promise),
      promised: [boundInWords(promise), seedsInWords(promise)].filter(Boolean).join(', '),
      kept: values.filter((value, i) => isWithin(promise, value) && isBetter(value, i)).length,
      of: values.length,
      values,
      baseline: promise.baseline ?? null,
      baselines,
    }
  })
}

function chosen(presets: readonly Preset[], names: readonly string[], hasData: boolean): Preset[] {
  if (names.length === 0) {
    const left = presets.filter((preset) => preset.needsFile)
    say(`Left out, for want of a file: ${left.map(({ id }) => id).join(', ')}`)
    return presets.filter((preset) => !preset.needsFile)
  }
  return names.map((name) => {
    const preset = presets.find(({ id }) => id === name)
    const near = nearest(
      name,
      presets.map(({ id }) => id),
    )
    if (!preset) fail(`There is no preset ${name}${near ? `; did you mean ${near}?` : ''}`)
    if (preset.needsFile && !hasData)
      fail(`${name} needs a file: ${preset.needsFile}. Name it with --data FILE.`)
    return preset
  })
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    fail(`--${name} ${text}: expected a whole number from ${least} up.`)
  return value
}

const say = (line: string) => void process.stderr.write(`${line}\n`)

function fail(message: string): never {
  say(message)
  process.exit(2)
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '2' },
    out: { type: 'string' },
    first: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    data: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  process.stdout.write(help)
  process.exit(0)
}
const count = whole('seeds', options.seeds, 1)
const jobs = whole('jobs', options.jobs, 1)
const first = options.first === undefined ? randomInt(2 ** 31) : whole('first', options.first, 0)
const presets = chosen(catalog().presets, positionals, options.data !== undefined)
say(`Seeds ${first} to ${first + count - 1}; to repeat: --first ${first} --seeds ${count}`)

const waiting = presets.flatMap((preset) =>
  Array.from({ length: count }, (_, i) => ({ preset, seed: first + i })),
)
const results = new Map<Preset, Reached[]>(presets.map((preset) => [preset, []]))
const rows: string[][] = []

async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { preset, seed } = next
    const one = await reach(preset, seed, { data: options.data, set: options.set })
    const reached = results.get(preset)!
    reached.push(one)
    const values = one.values.map(figure).join('  ')
    say(`${preset.id} ${reached.length} of ${count}: seed ${seed}: ${values} (${figure(one.seconds)} s)`)
    if (reached.length === count) tell(preset, reached)
  }
}

/** The table of results as a page of the docs. */
function markdown(): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return `# Recipes

What the presets promise, and what they reached with seeds that nobody chose: ${first} to ${first + count - 1}, drawn when the measurement began, one
thread each at the lowest priority. *Values* and *baseline* are of the same runs, one number per seed (one if all are equal); *kept* counts the seeds within the
promised bounds and better than the baseline; *time* is the mean of a run. \`npm run recipes -- --out docs/recipes.md\` measures anew.

${[line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')}
`
}

function tell({ id: preset, ...rest }: Preset, unsorted: readonly Reached[]): void {
  const reached = unsorted.toSorted((a, b) => a.seed - b.seed)
  const promises = judge({ id: preset, ...rest }, reached)
  const [seeds, seconds] = [reached.map((one) => one.seed), reached.map((one) => one.seconds)]
  if (options.json)
    process.stdout.write(`${JSON.stringify({ preset, set: options.set, seeds, seconds, promises })}\n`)
  const mean = seconds.reduce((a, b) => a + b, 0) / seconds.length
  for (const { metric, promised, kept, of, values, baseline, baselines } of promises)
    rows.push([
      preset,
      metric,
      promised,
      values.map(figure).join(' '),
      baseline === null
        ? ''
        : `${baseline.replace('val/', '')}: ${[...new Set(baselines.map(figure))].join(' ')}`,
      `${kept} of ${of}`,
      `${Math.round(mean)} s`,
    ])
}

await Promise.all(Array.from({ length: jobs }, work))
const heads = ['preset', 'metric', 'promised', 'values', 'baseline', 'kept', 'time']
if (options.out !== undefined) writeFileSync(options.out, markdown())
const lines = options.json ? [] : table(heads, rows)
for (const line of lines) process.stdout.write(`${line}\n`)
