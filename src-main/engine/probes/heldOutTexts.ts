// The held-out lines of a run as texts with what is expected of each. The latest are kept, because a page asks for them one by one.
import type { HeldOutText } from '../../contract/apply.ts'
import { UnrollError } from '../../contract/errors.ts'
import type { RunConfig } from '../../contract/config.ts'
import type { Text } from '../data/source.ts'
import { encodeText } from '../data/reading.ts'
import { joinTokens } from '../data/tokens.ts'
import { readingOf, readsLines, validationExcerpt, validationLines, type TextLine } from '../tasks/index.ts'
import { responderFor } from './applyToTexts.ts'
import type { TrainedModel } from './model.ts'

/** What is expected: the class of the text, the tag of each symbol, or the symbols of an output text. */
export type Expected = { label: string } | { tags: readonly string[] } | { output: string }

export interface KnownText {
  text: string
  expected: Expected
}

let last: { config: RunConfig; data: Text; texts: readonly KnownText[] } | undefined

/** The held-out texts (all if none is held out) of a model that answers texts. Throws E_ARG for another task, and the errors of reading the data. */
export function knownTexts(model: TrainedModel, data: Text): readonly KnownText[] {
  responderFor(model)
  const { config } = model
  if (last?.config !== config || last.data !== data) {
    const lines = validationLines(data, config, Infinity) ?? []
    const separator = readingOf(config).unit === 'word' ? ' ' : ''
    last = { config, data, texts: lines.map((line) => knownText(line, separator)) }
  }
  return last.texts
}

function knownText({ source, label, tags, output }: TextLine, separator: string): KnownText {
  const text = joinTokens(source).trimStart()
  if (tags) return { text, expected: { tags } }
  return { text, expected: label === undefined ? { output: (output ?? []).join(separator) } : { label } }
}

/** Words before a held-out word, at most. */
const contextWords = 12

/** Words of a held-out running text, with the next word as what is expected. Throws E_ARG for a number that there is not. */
function heldOutContext(model: TrainedModel, data: Text, example: number): HeldOutText {
  const length = Math.min(contextWords, responderFor(model).maxLength)
  const excerpt = validationExcerpt(data, model.config, example, length + 1)
  const examples = Math.max(0, (excerpt?.symbols ?? 0) - length)
  if (!excerpt || example >= examples) throw noSuchText(example, examples)
  const { symbols, spaces } = encodeText(excerpt.text, model.symbols)
  const text = joinTokens({ symbols, spaces }, 0, length).trim()
  return { text, expected: symbols[length]!, example, examples, step: model.step }
}

const noSuchText = (example: number, count: number) =>
  new UnrollError(
    'E_ARG',
    `example: there is no held-out text ${example}; the run has ${count}, from 0 on.`,
    { path: 'example' },
  )

/** One held-out text. Throws E_ARG for a number that there is not. */
export function heldOutText(
  model: TrainedModel,
  { example, data }: { example: number; data(): Text },
): HeldOutText {
  if (!readsLines(model.config)) return heldOutContext(model, data(), example)
  const texts = knownTexts(model, data())
  const found = texts[example]
  if (!found) throw noSuchText(example, texts.length)
  const { text, expected } = found
  const said =
    'label' in expected
      ? expected.label
      : 'output' in expected
        ? expected.output
        : text
            .split(/\s+/)
            .map((symbol, i) => `${symbol}/${expected.tags[i]!}`)
            .join(' ')
  return { text, expected: said, example, examples: texts.length, step: model.step }
}
