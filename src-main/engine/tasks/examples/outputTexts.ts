// The output texts that a program decoded, greedily or by a beam search, with probabilities and alignments.
import type { Output, OutputSymbol, OutputText } from '../../../contract/apply.ts'
import { largestFirst } from '../../generation/sample.ts'
import { beamPaths, type BeamOptions, type BeamPath } from '../../nn/beam.ts'
import type { Executable } from '../../run/executor.ts'
import { alignmentReader } from './alignment.ts'
import type { Problem } from './example.ts'
import { classNames } from './lines.ts'
import { beamRecordOf } from './network.ts'
import { joinSymbols, logitsOf, softmax } from './table.ts'

/** What was decoded: texts as their symbols, `window` input symbols per output of the encoder, greedily without `beam`. */
interface Decoded {
  problem: Problem
  executable: Executable
  texts: readonly (readonly string[])[]
  window: number
  beam: BeamOptions | undefined
}

/** The output of each text. */
export function outputTexts({ problem, executable, texts, window, beam }: Decoded): OutputText[] {
  const names = classNames(problem)
  const end = names.length - 1
  const alignmentOf = alignmentReader(executable, window)
  const outputOf = ({ ids, logProbabilities, ended }: BeamPath): Output & { symbols: OutputSymbol[] } => {
    const symbols = ids.slice(0, ended ? -1 : undefined).map((id, t): OutputSymbol => {
      const logProbability = logProbabilities[t]!
      return { name: names[id]!, probability: Math.exp(logProbability), logProbability }
    })
    const text = joinSymbols(problem, symbols.map(({ name }) => name)) // prettier-ignore
    return { text, ended, logProbability: logProbabilities.reduce((a, b) => a + b, 0), symbols }
  }
  const paths = beam ? beamReader(executable, beam, end) : greedyReader(executable, end)
  return texts.map((source, column): OutputText => {
    const [best, ...rest] = paths(column)
    const output = outputOf(best!)
    const alignment = alignmentOf({
      source,
      output: output.symbols.map(({ name }) => name),
      columns: best!.columns,
    })
    const others = rest.map(outputOf).map(({ symbols: _, ...other }) => other)
    return {
      kind: 'text',
      ...output,
      ...(alignment && { alignment }),
      ...(beam && { others }),
    }
  })
}

function beamReader(executable: Executable, beam: BeamOptions, end: number): (column: number) => BeamPath[] {
  const record = beamRecordOf(executable)
  return (column) => beamPaths(record, beam, column, end)
}

/** The most probable symbol of each step up to the end token. */
function greedyReader(executable: Executable, end: number): (column: number) => BeamPath[] {
  const { steps, at } = logitsOf(executable)
  return (column) => {
    const path: BeamPath = { ids: [], logProbabilities: [], columns: [], ended: false, score: 0 }
    for (let step = 0; step < steps && !path.ended; step++) {
      const probabilities = softmax(at(column, step))
      const id = largestFirst(probabilities, 1)[0]!
      path.ids.push(id)
      path.logProbabilities.push(Math.log(probabilities[id]!))
      path.columns.push(column)
      path.ended = id === end
    }
    return [path]
  }
}
