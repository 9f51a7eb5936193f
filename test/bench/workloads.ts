// What is measured: whole training steps (forward, backward, clipping by norm, Adam), each beside PyTorch. Data only.
import type { RunConfigInput } from '../../src-main/contract/config.ts'

/** Cells that PyTorch has as one operation, and cells that it runs as a loop over steps written in Python. */
export type PeerModel =
  | 'lstm'
  | 'gru'
  | 'rnn'
  | 'peephole'
  | 'layernorm-lstm'
  | 'mi-lstm'
  | 'zoneout-lstm'
  | 'coupled-lstm'
  | 'clockwork'

export interface Workload {
  id: string
  batch: number
  window: number
  /** Size of the alphabet, or of the vocabulary for `reviews`. */
  symbols: number
  hidden: number
  layers: number
  threads: number
  model: PeerModel
  /** What differs in our configuration from a plain cell of the name `model`. */
  ours?: Pick<RunConfigInput, 'model' | 'regularization'>
  /** Length of the learned vectors; 0: one-hot symbols. */
  embedding: number
  dropout: number
  /** One answer per sequence, the way film reviews are judged; else the next symbol at every step. */
  task: 'symbols' | 'reviews'
  /** Plain LSTM of the same size whose FLOP rate is the measure. */
  plain?: string
  /** Ratio to PyTorch that is asked for. */
  target: number
}

type Size = Pick<Workload, 'batch' | 'window' | 'symbols' | 'hidden'>
const size = (batch: number, window: number, symbols: number, hidden: number): Size => ({
  batch,
  window,
  symbols,
  hidden,
})
const small = size(32, 50, 96, 128)
const middle = size(64, 50, 96, 256)
const large = size(64, 50, 96, 512)

const workload = (
  id: string,
  model: PeerModel,
  at: Size,
  target: number,
  more: Partial<Workload> = {},
): Workload => ({
  id,
  model,
  ...at,
  target,
  layers: 1,
  threads: 1,
  embedding: 0,
  dropout: 0,
  task: 'symbols',
  ...more,
})

/** The cells that PyTorch can only loop over, with our name and options for each. */
const odd: [PeerModel, Workload['ours']][] = [
  ['peephole', { model: { cell: 'peephole' } }],
  ['layernorm-lstm', { model: { cell: 'layernorm-lstm' } }],
  ['mi-lstm', { model: { cell: 'mi-lstm' } }],
  ['zoneout-lstm', { model: { cell: 'lstm' }, regularization: { zoneout: 0.1 } }],
  ['coupled-lstm', { model: { cell: 'lstm-variant', options: { gates: 'coupled', peepholes: false } } }],
  ['clockwork', { model: { cell: 'clockwork' } }],
]

export const workloads: readonly Workload[] = [
  workload('lstm-128', 'lstm', small, 1.5),
  workload('lstm-256', 'lstm', middle, 1.5),
  workload('lstm-512', 'lstm', large, 1.5),
  workload('lstm-512-deep', 'lstm', large, 1.5, { layers: 2 }),
  workload('gru-128', 'gru', size(128, 10, 64, 128), 1.8),
  workload('gru-256', 'gru', middle, 1.8),
  workload('rnn-256', 'rnn', middle, 1.5),
  workload('reviews', 'lstm', size(50, 80, 20_000, 128), 1.5, {
    embedding: 128,
    dropout: 0.2,
    task: 'reviews',
  }),
  ...odd.map(([model, ours]) =>
    workload(`${model}-128`, model, small, 5, { plain: 'lstm-128', ...(ours && { ours }) }),
  ),
  ...odd.map(([model, ours]) =>
    workload(`${model}-512`, model, large, 2.5, { plain: 'lstm-512', ...(ours && { ours }) }),
  ),
  workload('lstm-256-threads', 'lstm', middle, 1.5, { threads: 2 }),
  workload('lstm-512-threads', 'lstm', large, 1.5, { threads: 2 }),
]

/** Throws RangeError on an unknown id. */
export function workloadById(id: string): Workload {
  const found = workloads.find((w) => w.id === id)
  if (!found) throw new RangeError(`No workload ${id}; there are ${workloads.map((w) => w.id).join(', ')}`)
  return found
}
