// Short words for writing programs by hand: the whole arena is one state slot named "all".
import type {
  Call,
  EwFunction,
  EwOp,
  Guard,
  Instruction,
  Loop,
  Program,
  View,
} from '../../src-main/engine/compile/program.ts'
import { denseStrides } from '../../src-main/engine/compile/program.ts'
import type { Executor, RunOptions } from '../../src-main/engine/run/executor.ts'

export const dense = (offset: number, shape: number[], loop: number[] = []): View => ({
  offset,
  shape,
  strides: denseStrides(shape),
  loop,
})

export const strided = (offset: number, shape: number[], strides: number[], loop: number[] = []): View => ({
  offset,
  shape,
  strides,
  loop,
})

export const op = (fn: EwFunction, a = 0, b = 0, c = 0, imm = 0): EwOp => ({ fn, a, b, c, imm })

export const call = (kernel: Call['kernel'], outs: View[], ins: View[], more: Partial<Call> = {}): Call => ({
  kernel,
  outs,
  ins,
  packed: 0,
  code: [],
  results: [],
  note: '',
  ...more,
})

/** One elementwise function of all inputs: out = fn(ins[0], ins[1], ins[2]). */
export const ew1 = (fn: EwFunction, out: View, ins: View[], imm = 0): Call =>
  call('ew', [out], ins, {
    code: [op(fn, 0, Math.min(1, ins.length - 1), Math.min(2, ins.length - 1), imm)],
    results: [ins.length],
  })

export const loop = (count: number, body: Instruction[], reverse = false): Loop => ({
  kernel: 'loop',
  count,
  reverse,
  body,
  note: '',
})

export const guard = (when: View, body: Instruction[], otherwise: Instruction[] = []): Guard => ({
  kernel: 'guard',
  when,
  body,
  otherwise,
  note: '',
})

export const programOf = (size: number, code: Instruction[]): Program => ({
  size,
  slots: new Map([['all', { kind: 'state', offset: 0, shape: [size] }]]),
  code,
})

export const seeded: RunOptions = { seed: [1234, 5678], step: 9 }

/** The arena after one run that started from `memory`. */
export function execute(
  executor: Executor,
  program: Program,
  memory: ArrayLike<number>,
  options = seeded,
): number[] {
  const executable = executor.load(program)
  executable.write('all', memory)
  if (!executable.run(options)) throw new Error('the run was cancelled')
  const result = Array.from(executable.read('all'))
  executable.dispose()
  return result
}
