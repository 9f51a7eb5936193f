// Where the signals of a step stand in the drawing of the cell at work: states before at the left and after at the right, gates as valves between
// them. The LSTM's wiring is drawn, c = f c' + i g and h = o tanh(c); of other cells the signals stand side by side. Pure.
import { valueAt, type CellValues } from '@contract/cellValues.ts'
import { cssPalette, entryOf, textColor, css, type Kind, type Theme } from '@contract/heat/colormap.ts'

export const width = 340
const boxWidth = 72
const boxHeight = 38
const rowHeight = 78

/** A value in a box; `x`, `y`: its middle. */
export interface CellBox {
  key: string
  label: string
  value: number
  color: string
  x: number
  y: number
  title: string
}

/** A gate: a bar that lies along the flow at 1 and across it at 0. */
export interface CellValve extends CellBox {
  /** Degrees of the bar. */
  turn: number
  /** Whether its label stands at its left. */
  isLeft: boolean
}

export interface CellLine {
  from: [x: number, y: number]
  to: [x: number, y: number]
  /** Openness of the gate on it, 0..1; 1 without one. */
  flow: number
}

export interface CellDrawing {
  height: number
  boxes: CellBox[]
  valves: CellValve[]
  lines: CellLine[]
  /** Middle of the sign where the step is added to the state; null where no wiring is drawn. */
  plus: [x: number, y: number] | null
  ink: string
}

/** Colour of a value; values without bounds by the largest of the row. */
function colorOf(found: CellValues, index: number, value: number, theme: Theme): string {
  const kind: Kind = found.signals[index]!.kind
  const length = found.values.length / found.signals.length
  const row = found.values.subarray(index * length, kind === 'free' ? (index + 1) * length : index * length)
  const reach = row.reduce((most, one) => Math.max(most, Math.abs(one)), 0) || 1
  const [lo, hi] = kind === 'gate' ? [0, 1] : kind === 'bounded' ? [-1, 1] : [-reach, reach]
  return cssPalette(kind, theme)[entryOf(kind, lo, hi)(value)]!
}

/** Whether the cell is an LSTM: a state c, gates i, f and o, and a candidate. */
const isLstm = ({ signals }: CellValues): boolean =>
  ['i', 'f', 'o'].every((id) => signals.some((one) => one.id === id && one.role === 'gate')) &&
  signals.some(({ id, role }) => id === 'c' && role === 'state') &&
  signals.some(({ role }) => role === 'candidate')

/** The drawing of the step that reads symbol t. */
export function cellDrawing(found: CellValues, t: number, theme: Theme): CellDrawing {
  const drawing: CellDrawing = {
    height: 0,
    boxes: [],
    valves: [],
    lines: [],
    plus: null,
    ink: css(textColor(theme)),
  }
  const indexed = found.signals.map((signal, index) => ({ ...signal, index }))
  const of = (role: string) => indexed.filter((one) => one.role === role)
  const boxOf = (index: number, at: number, x: number, y: number, label: string): CellBox => {
    const value = valueAt(found, index, at)
    const { id, title } = found.signals[index]!
    return { key: `${id} ${x} ${y}`, label, value, color: colorOf(found, index, value, theme), x, y, title }
  }
  const valveOf = (index: number, x: number, y: number, isUpright: boolean): CellValve => {
    const box = boxOf(index, t, x, y, found.signals[index]!.id)
    return {
      ...box,
      turn: 90 * (1 - Math.min(1, Math.max(0, box.value))) + (isUpright ? 90 : 0),
      isLeft: isUpright,
    }
  }
  // The memory stands above h.
  const states = of('state').sort((a, b) => Number(a.id === 'h') - Number(b.id === 'h'))
  const top = 8 + boxHeight / 2
  const [left, right] = [boxWidth / 2 + 2, width - boxWidth / 2 - 2]
  const rows = new Map(states.map(({ id }, row) => [id, top + row * rowHeight]))
  for (const { id, index } of states) {
    const y = rows.get(id)!
    drawing.boxes.push(
      boxOf(index, t - found.back, left, y, `${id} before`),
      boxOf(index, t, right, y, `${id} after`),
    )
  }
  const below = top + states.length * rowHeight
  const rest = isLstm(found) ? wireLstm() : spread()
  // Beside the candidate where that is wired, else in a row of their own.
  const step = drawing.plus ? boxWidth + 10 : width / Math.max(4, rest.length)
  const perRow = drawing.plus ? 2 : rest.length
  rest.forEach(({ index, id }, i) => {
    const x = drawing.plus ? left + (i % perRow) * step : (i + 0.5) * step
    drawing.boxes.push(boxOf(index, t, x, below + Math.floor(i / perRow) * rowHeight, id))
  })
  const rowsBelow = Math.max(Math.ceil(rest.length / Math.max(1, perRow)), drawing.plus ? 1 : 0)
  drawing.height = below + (rowsBelow - 1) * rowHeight + boxHeight / 2 + 4
  return drawing

  /** Draws the wiring of an LSTM; the signals that are left. */
  function wireLstm(): typeof indexed {
    const indexOf = (id: string) => indexed.find((one) => one.id === id)!.index
    const [y, x] = [rows.get('c')!, 0.62 * width]
    const flow = (id: string) => valueAt(found, indexOf(id), t)
    drawing.plus = [x, y]
    drawing.lines.push(
      { from: [left + boxWidth / 2, y], to: [x, y], flow: flow('f') },
      { from: [x, below - boxHeight / 2], to: [x, y], flow: flow('i') },
      { from: [x, y], to: [right - boxWidth / 2, y], flow: 1 },
    )
    const h = rows.get('h')
    if (h !== undefined)
      drawing.lines.push({
        from: [right, y + boxHeight / 2],
        to: [right, h - boxHeight / 2],
        flow: flow('o'),
      })
    const middle = (y + boxHeight / 2 + (h ?? y) - boxHeight / 2) / 2
    drawing.valves.push(
      valveOf(indexOf('f'), 0.4 * width, y, false),
      valveOf(indexOf('i'), x, (y + below) / 2, true),
      valveOf(indexOf('o'), right, middle, true),
    )
    const [{ index, id }] = of('candidate') as [(typeof indexed)[number]]
    drawing.boxes.push(boxOf(index, t, x, below, id))
    return indexed.filter(
      (one) => one.role === 'other' || (one.role === 'gate' && !['i', 'f', 'o'].includes(one.id)),
    )
  }

  /** Draws states as lines and gates in a row between them; the signals that are left. */
  function spread(): typeof indexed {
    const gates = of('gate')
    for (const { id } of states) {
      const y = rows.get(id)!
      drawing.lines.push({ from: [left + boxWidth / 2, y], to: [right - boxWidth / 2, y], flow: 1 })
    }
    const [from, to] = [left + boxWidth / 2, right - boxWidth / 2]
    gates.forEach(({ index }, i) => {
      const x = from + ((i + 0.5) * (to - from)) / gates.length
      drawing.valves.push(valveOf(index, x, top, false))
    })
    return indexed.filter(({ role }) => role === 'candidate' || role === 'other')
  }
}
