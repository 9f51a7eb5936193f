// `unroll analyse automaton RUN`: a finite automaton from the states of a run that predicts the next symbol.
import type { Command } from 'commander'
import type { AutomatonOfNetwork } from '../../../contract/analyses.ts'
import { layerSizes } from '../../../contract/shape.ts'
import { figure, table } from '../format.ts'
import { layerIndex, number } from '../options.ts'
import type { Cli } from '../run.ts'
import { analysedRun, textFlags, textInput, type TextFlags } from './analysisRun.ts'

interface Flags extends TextFlags {
  signal?: string
  layer?: number
  threshold?: number
  maxClusters?: number
  seed?: number
}

export function addAutomaton(analyse: Command, cli: Cli): void {
  const command = analyse
    .command('automaton')
    .description('a finite automaton from clustered states, and how faithful it is to the network')
    .argument('<run>')
  textFlags(command)
    .option('--signal <id>', 'signal whose values are clustered; h if left out')
    .option('--layer <n>', 'one layer, counted from 1; all layers together if left out', number('layer'))
    .option(
      '--threshold <p>',
      'probability above which a symbol may follow; 0.3 if left out',
      number('threshold'),
    )
    .option('--max-clusters <n>', 'largest number of clusters to try; 20 if left out', number('max-clusters'))
    .option('--seed <n>', 'seed of the clustering', number('seed'))
    .action((word: string, flags: Flags) =>
      cli.start(async (app) => {
        const run = await analysedRun(app, word)
        const { signal, threshold, maxClusters, seed } = flags
        const layer =
          flags.layer === undefined ? undefined : layerIndex(flags.layer, layerSizes(run.config.model).length)
        const input = { ...textInput(flags), id: run.id, signal, layer, threshold, maxClusters, seed }
        const found = await app.call('inspect.automaton', input)
        cli.out.object({ run: run.id, ...found })
        for (const line of lines(found)) cli.out.line(line)
      }),
    )
}

function lines({
  counts,
  clusters,
  faithful,
  states,
  transitions,
  tokens,
  sequenceStarts,
}: AutomatonOfNetwork) {
  const sizes = counts.map((c) => [
    `${c.clusters === clusters ? '*' : ''}${c.clusters}`,
    figure(c.determinism),
    figure(c.fidelity),
    figure(c.acceptsHeldOut),
    figure(c.acceptsCorrupted),
    String(c.minimalStates),
  ])
  const chosen = counts.find((c) => c.clusters === clusters)!
  const own = (state: number) => transitions.filter(({ from }) => from === state)
  const rows = states.map(({ nextSymbols, minimal, nearest, positions }, state) => [
    String(state),
    String(minimal),
    String(positions),
    `{${nextSymbols.join(' ')}}`,
    own(state)
      .filter(({ symbol }) => nextSymbols.includes(symbol))
      .map(({ symbol, to, share }) => `${symbol}>${to}${share < 0.995 ? ` (${figure(share)})` : ''}`)
      .join('  '),
    nearest[0] ? JSON.stringify(before(tokens, sequenceStarts, nearest[0].position)) : '—',
  ])
  const head = ['clusters>', 'determinism>', 'fidelity>', 'accepts held out>', 'accepts corrupted>']
  return [
    ...table([...head, 'minimal states>'], sizes),
    faithful
      ? `${clusters} clusters are the fewest with fidelity 0.99 or more; ${chosen.minimalStates} states after minimisation`
      : `no machine reaches fidelity 0.99; the best has ${clusters} clusters and ${figure(chosen.fidelity)}`,
    ...table(['state>', 'minimal>', 'positions>', 'may follow', 'transitions', 'nearest text'], rows),
  ]
}

/** Up to 12 symbols of its sequence that end at a position. */
function before(tokens: readonly string[], starts: Int32Array, position: number): string {
  const start = starts.findLast((at) => at <= position) ?? 0
  return tokens.slice(Math.max(start, position - 11), position + 1).join('')
}
