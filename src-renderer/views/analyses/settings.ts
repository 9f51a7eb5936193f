// Settings of the analyses, as a record that is stored in the query of the address. Pure.
export interface AnalysisSettings {
  /** Id of the analysis that is shown. */
  what: string
  /** Step of the checkpoint; null: the best, else the newest. */
  step: number | null
  /** Typed text; empty: a part of the validation text. */
  text: string
  /** Symbols that are read of the validation text; null: as many as the analysis reads by default. */
  length: number | null
  signal: string
  /** Matching, losses: the other run and its checkpoint. */
  other: string
  otherStep: number | null
  /** Lyapunov spectrum, fixed points: the symbol, or the numbers with commas between them, that are read for ever; empty: none. */
  symbol: string
  inputs: string
  source: string
  method: string
  /** Projection: the predicate that colours the points; empty: the class of the symbol. */
  colour: string
  /** Projection: most points; null: 2000. */
  points: number | null
  /** Classes of lines, attribution: the class, empty for the last label or the most probable class; classes of lines: the signal, empty for the one that Neurons opens. */
  label: string
  lineSignal: string
  /** Attribution: position of the symbol; saliency: the answered step or pixel; null: the last one. */
  at: number | null
  /** Attribution of a classifier: a second text that is attributed with the same class; empty: none. */
  compared: string
  /** Saliency: number of the held-out example, null: 0; and of the one beside it, null: none. */
  example: number | null
  beside: number | null
  /** Saliency: a class or output, empty for the predicted class or the first output; the class it is compared with; what replaces inputs, empty for the default. */
  answer: string
  against: string
  baseline: string
  /** Span: first and last symbol, such as 120-140. */
  span: string
  mode: string
  /** Signal of the units; empty: tanh_c, or h without one. */
  spanSignal: string
  /** A number, or a quantile of each unit such as q80. */
  threshold: string
  strict: string
  /** Patching: the corrupted text; the clean one is `text`. */
  corrupted: string
  /** Losses, matrix: predicates, separated by ";". */
  predicates: string
  /** Matrix: ids of the other runs, separated by commas. */
  runs: string
  /** Held-out answers: the class that is right, the answered class, letters of the text; wrong ones alone ('wrong'); limits of the probability. */
  expected: string
  answered: string
  contains: string
  only: string
  least: string
  most: string
  order: string
}

export const start: AnalysisSettings = {
  what: 'match',
  step: null,
  text: '',
  length: null,
  signal: 'h',
  other: '',
  otherStep: null,
  symbol: '',
  inputs: '',
  source: 'states',
  method: 'pca',
  colour: '',
  points: null,
  label: '',
  lineSignal: '',
  at: null,
  compared: '',
  example: null,
  beside: null,
  answer: '',
  against: '',
  baseline: '',
  span: '',
  mode: 'overlap',
  spanSignal: '',
  threshold: '0.3',
  strict: 'none',
  corrupted: '',
  predicates: '',
  runs: '',
  expected: '',
  answered: '',
  contains: '',
  only: '',
  least: '',
  most: '',
  order: 'number',
}

/** Longest typed text in a link. */
const linkedText = 1500
const numbers = ['step', 'length', 'otherStep', 'at', 'points', 'example', 'beside'] as const
type NameOf<T> = {
  [K in keyof AnalysisSettings]: AnalysisSettings[K] extends T ? K : never
}[keyof AnalysisSettings]
const texts = (Object.keys(start) as (keyof AnalysisSettings)[]).filter(
  (name): name is NameOf<string> => typeof start[name] === 'string',
)

/** The settings of a query; missing or invalid values are those of `start`. */
export function settingsOf(query: Record<string, unknown>): AnalysisSettings {
  const settings = { ...start }
  for (const name of texts) {
    const value = query[name]
    if (typeof value === 'string') settings[name] = value.slice(0, 2000)
  }
  for (const name of numbers) {
    const value = query[name]
    if (typeof value === 'string' && /^\d{1,9}$/.test(value)) settings[name] = Number(value)
  }
  return settings
}

/** The query of settings: only what differs from `start`, without a long typed text. */
export function queryOf(settings: AnalysisSettings): Record<string, string> {
  const query: Record<string, string> = {}
  for (const name of texts)
    if (settings[name] !== start[name] && settings[name].length <= linkedText) query[name] = settings[name]
  for (const name of numbers) if (settings[name] !== null) query[name] = String(settings[name])
  return query
}

/** The fields of a command that say what is read: the run, its checkpoint, the text. */
export const readingOf = (id: string, { step, text, length }: AnalysisSettings) => ({
  id,
  ...(step !== null && { step }),
  ...(text ? { text } : length !== null && { length }),
})

/** The numbers of a typed list such as "0, 0, 1"; NaN, which the command refuses, for what is no number. */
export const inputsOf = (typed: string): number[] =>
  typed.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))

const linkedLength = 2000
/** The place of Neurons that shows a position of the text. */
export const placeOf = (
  id: string,
  { step, text }: Pick<AnalysisSettings, 'step' | 'text'>,
  position: number,
  more: Record<string, string> = {},
) => ({
  name: 'neurons',
  params: { id },
  query: {
    ...more,
    ...(step !== null && { step: String(step) }),
    ...(text
      ? { text, at: String(position) }
      : {
          offset: String(Math.floor(position / linkedLength) * linkedLength),
          at: String(position % linkedLength),
        }),
  },
})

/** Predicates that are separated by ";" outside of texts. */
export const predicatesOf = (typed: string): string[] =>
  (typed.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^;"'])+/g) ?? [])
    .map((one) => one.trim())
    .filter((one) => one !== '')

/** The place of Neurons that shows a unit. */
export const unitLink = (
  id: string,
  { layer, unit }: { layer: number; unit: number },
  signal: string,
  step: number,
  more: Record<string, string> = {},
) => ({
  name: 'neurons',
  params: { id },
  query: { layer: String(layer), unit: String(unit), signal, step: String(step), ...more },
})

/** Up to `count` symbols that end at a position, with visible line breaks. */
export const contextOf = (tokens: readonly string[], position: number, count = 24): string =>
  tokens
    .slice(Math.max(0, position - count + 1), position + 1)
    .join('')
    .replaceAll('\n', '↵')

/** A symbol with white space made visible. */
export const visibleSymbol = (symbol: string): string => symbol.replaceAll(' ', '␣').replaceAll('\n', '↵')
