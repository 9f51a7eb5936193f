// The signals of one unit of an LSTM in the stand-in: waves, with c = f c' + i g and h = o tanh c as in the cell.
import type { CellValues } from '../../src-main/contract/cellValues.ts'

const gates = [
  { id: 'i', title: 'input gate i' },
  { id: 'f', title: 'forget gate f' },
  { id: 'o', title: 'output gate o' },
].map((one) => ({ ...one, kind: 'gate', role: 'gate' }) as const)

export function cellValuesOf(at: Pick<CellValues, 'layer' | 'unit' | 'step'>, length: number): CellValues {
  const values = new Float32Array(6 * length)
  let c = 0
  for (let t = 0; t < length; t++) {
    const [i, f, o] = [3, 5, 7].map((period) => 0.5 + 0.5 * Math.sin(t / period)) as [number, number, number]
    const g = Math.cos(t / 4)
    c = f * c + i * g
    ;[o * Math.tanh(c), c, i, f, o, g].forEach((value, row) => (values[row * length + t] = value))
  }
  return {
    ...at,
    back: 1,
    values,
    signals: [
      { id: 'h', title: 'hidden state h', kind: 'bounded', role: 'state' },
      { id: 'c', title: 'cell c', kind: 'free', role: 'state' },
      ...gates,
      { id: 'g', title: 'cell candidate g', kind: 'bounded', role: 'candidate' },
    ],
  }
}
