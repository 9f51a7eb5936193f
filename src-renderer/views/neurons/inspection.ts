// What is inspected of a model of sequences, as a record that is stored in the query of the address. Pure.
import type { CellInfo } from '@contract/catalog.ts'
import { maxPredicate } from '@contract/predicate/parse.ts'
import type { OtherReading } from './otherReading.ts'
import { unitOrders, type UnitOrder } from '../../heatmaps/heatmap.ts'

export const panes = ['units', 'find', 'card'] as const
/** Parts of the pane beside the text: the list of units, the search, the card of the unit. */
export type Pane = (typeof panes)[number]

export interface Inspection {
  layer: number
  /** Id of a signal of the cell; empty = `openedSignal`. */
  signal: string
  /** null = the one that varies most. */
  unit: number | null
  /** Step of the checkpoint; null = the best, else the newest. */
  step: number | null
  offset: number
  length: number
  /** Typed text; empty = a part of the validation text. */
  text: string
  caret: number
  order: UnitOrder
  pane: Pane
  /** Whether the map of all units is shown. */
  map: boolean
  /** Whether the surprisal of each symbol is drawn. */
  surprisal: boolean
  /** Whether the text is coloured in a range of the unit instead of one of all units. */
  ownRange: boolean
  /** The predicate that was searched; empty without a search. */
  find: string
  /** The second pane; null: there is none. */
  other: OtherReading | null
}

export const lengths = [500, 2000, 10_000, 50_000, 100_000] as const
/** Maximum cells (symbols x units) of one request: about 100 MB. */
export const mostCells = 26_000_000
/** Maximum characters of a typed text in the link. */
const linkedText = 1500

export const start: Inspection = {
  layer: 0,
  signal: '',
  unit: null,
  step: null,
  offset: 0,
  length: 2000,
  text: '',
  caret: 0,
  order: 'number',
  pane: 'units',
  map: true,
  surprisal: false,
  ownRange: false,
  find: '',
  other: null,
}

/** The signal that is opened: the first state of any value beside h (c of an LSTM), else h, else the first. */
export const openedSignal = (signals: CellInfo['signals']): string =>
  (
    signals.find(({ id, kind }) => kind === 'free' && id !== 'h') ??
    signals.find(({ id }) => id === 'h') ??
    signals[0]
  )?.id ?? 'h'

type Query = Record<string, unknown>
const whole = (value: unknown, fallback: number): number =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : fallback
const nullable = (value: unknown): number | null => (whole(value, -1) < 0 ? null : whole(value, 0))

/** `value` if it is one of `choices`, else the first. */
const oneOf = <T extends string>(choices: readonly [T, ...T[]], value: unknown): T =>
  choices.find((choice) => choice === value) ?? choices[0]

/** The inspection of a query; missing or invalid values are those of `start`. */
export function inspectionOf(query: Query): Inspection {
  const text = typeof query['text'] === 'string' ? query['text'].slice(0, 200_000) : ''
  return {
    layer: whole(query['layer'], start.layer),
    signal: typeof query['signal'] === 'string' ? query['signal'].slice(0, 32) : '',
    unit: 'unit' in query ? nullable(query['unit']) : null,
    step: 'step' in query ? nullable(query['step']) : null,
    offset: whole(query['offset'], start.offset),
    length: Math.min(100_000, Math.max(1, whole(query['length'], start.length))),
    text,
    caret: whole(query['at'], start.caret),
    order: oneOf(unitOrders, query['order']),
    pane: oneOf(panes, query['pane']),
    map: query['map'] !== '0',
    surprisal: query['surprisal'] === '1',
    ownRange: query['range'] === 'unit',
    find: typeof query['find'] === 'string' ? query['find'].slice(0, maxPredicate) : '',
    other: otherOf(query),
  }
}

/** Stands for the run of the page in the link. */
const sameRun = 'same'

function otherOf(query: Query): OtherReading | null {
  const run = query['with']
  if (typeof run !== 'string' || run === '') return null
  return {
    run: run === sameRun ? '' : run.slice(0, 64),
    step: nullable(query['with_step']),
    layer: whole(query['with_layer'], 0),
    signal: typeof query['with_signal'] === 'string' ? query['with_signal'].slice(0, 32) : '',
    unit: nullable(query['with_unit']),
  }
}

/** The query of an inspection: only what differs from `start`, without long typed texts. */
export function queryOf(inspection: Inspection): Record<string, string> {
  const query: Record<string, string> = {}
  if (inspection.layer !== start.layer) query['layer'] = String(inspection.layer)
  if (inspection.signal) query['signal'] = inspection.signal
  if (inspection.unit !== null) query['unit'] = String(inspection.unit)
  if (inspection.step !== null) query['step'] = String(inspection.step)
  if (inspection.text && inspection.text.length <= linkedText) query['text'] = inspection.text
  if (!inspection.text && inspection.offset !== start.offset) query['offset'] = String(inspection.offset)
  if (!inspection.text && inspection.length !== start.length) query['length'] = String(inspection.length)
  if (inspection.caret !== start.caret) query['at'] = String(inspection.caret)
  if (inspection.order !== start.order) query['order'] = inspection.order
  if (inspection.pane !== start.pane) query['pane'] = inspection.pane
  if (!inspection.map) query['map'] = '0'
  if (inspection.surprisal) query['surprisal'] = '1'
  if (inspection.ownRange) query['range'] = 'unit'
  if (inspection.find) query['find'] = inspection.find
  const { other } = inspection
  if (other) {
    query['with'] = other.run || sameRun
    if (other.step !== null) query['with_step'] = String(other.step)
    if (other.layer !== 0) query['with_layer'] = String(other.layer)
    if (other.signal) query['with_signal'] = other.signal
    if (other.unit !== null) query['with_unit'] = String(other.unit)
  }
  return query
}

/** Whether the address holds all of the inspection: a long typed text is left out. */
export const isLinkable = ({ text }: Inspection): boolean => text.length <= linkedText

/** Lengths (symbols) for layers of `units` units within the limit of one request. */
export const lengthsFor = (units: number): number[] =>
  lengths.filter((n, i) => i === 0 || n * units <= mostCells)
