// Measures the time of a program and of each of its kernel calls alone, inside its loops. The caller provides the clock.
import {
  elements,
  elementsMoved,
  flopsOf,
  type Call,
  type EwOp,
  type Instruction,
  type Program,
  type Slot,
  type View,
} from '../compile/program.ts'
import type { Executable, Executor } from './executor.ts'

/** Returns the seconds that one call of `run` takes. */
export type Measure = (run: () => void) => number

/** One kernel call of a program, over all iterations of the loops around it. */
export interface CallCost {
  /** Its index among all calls of the program, in order. */
  index: number
  kernel: Call['kernel']
  note: string
  /** Executions per run of the program; inside a guard, those counted in one run. */
  times: number
  /** Per run of the program. */
  seconds: number
  /** Share of the time of all calls, 0..1. */
  share: number
  /** Multiplications and additions (a transcendental function counts as one), per run of the program. */
  flops: number
  /** Bytes read and written per run of the program, see elementsMoved. */
  bytes: number
  /** For display: shapes, or the length of an elementwise chain. */
  detail: string
}

/** The measurements of a program. */
export interface Profile {
  /** Seconds of the whole program; the sum over single calls differs, since caches and loop overhead do. */
  seconds: number
  /** In order of decreasing time. */
  calls: CallCost[]
}

/** Slots added for profiling: the whole arena, and counters after it. Names of programs' slots contain no space. */
const wholeArena = 'whole arena'
const branchCounters = 'times run'

/** Measures the fastest of the runs within `total` seconds, at least five; `now` in seconds. */
export const fastestBy =
  (now: () => number, total: number): Measure =>
  (run) => {
    let least = Infinity
    const end = now() + total
    for (let runs = 0; runs < 5 || now() < end; runs++) {
      const start = now()
      run()
      least = Math.min(least, now() - start)
    }
    return least
  }

/** Measures `program` and each of its calls; `prepare` writes its inputs (default zeros). */
export function profileProgram(
  executor: Executor,
  program: Program,
  measure: Measure,
  prepare: (executable: Executable) => void = () => {},
): Profile {
  // Single calls start from the arena after a whole run: untouched pages and zeros would be read at another speed.
  const slots: Program['slots'] = new Map([
    ...program.slots,
    [wholeArena, { kind: 'state', offset: 0, shape: [program.size] }],
  ])
  const counter = { seed: [1, 2], step: 0 } as const
  const whole = executor.load({ ...program, slots })
  prepare(whole)
  const seconds = measure(() => whole.run(counter))
  const memory = whole.read(wholeArena)
  whole.dispose()
  const secondsOf = (alone: Instruction): number => {
    const executable = executor.load({ ...program, slots, code: [alone] })
    executable.write(wholeArena, memory)
    const seconds = measure(() => executable.run(counter))
    executable.dispose()
    return seconds
  }
  const branchRuns = countBranches(executor, { ...program, slots }, prepare)
  const calls = allCalls(program.code).map(({ call, counts, branch, wrap }, index): CallCost => {
    const iterations = elements(counts)
    const times = branch === undefined ? iterations : branchRuns[branch]!
    const width = executor.bytesPerElement
    return {
      index,
      kernel: call.kernel,
      note: call.note,
      times,
      seconds: times === 0 ? 0 : (secondsOf(wrap(call)) / iterations) * times,
      share: 0,
      flops: times * flopsOf(call),
      bytes: width * elementsMoved(call, counts) * (times / iterations),
      detail: detailOf(call),
    }
  })
  const total = calls.reduce((sum, { seconds }) => sum + seconds, 0)
  return {
    seconds,
    calls: calls.map((c) => ({ ...c, share: c.seconds / total })).sort((a, b) => b.seconds - a.seconds),
  }
}

/** A call with the counts of its enclosing loops, outermost first; `wrap` encloses an instruction in these loops. */
interface CallInLoops {
  call: Call
  counts: readonly number[]
  /** Index of the enclosing branch of a guard, numbered through the program (even: the body); undefined outside of guards. */
  branch: number | undefined
  wrap: (body: Instruction) => Instruction
}

function allCalls(code: readonly Instruction[]): CallInLoops[] {
  let branches = 0
  const visit = (
    list: readonly Instruction[],
    counts: readonly number[],
    branch: number | undefined,
    wrap: CallInLoops['wrap'],
  ): CallInLoops[] =>
    list.flatMap((one) => {
      if (one.kernel === 'loop')
        return visit(one.body, [...counts, one.count], branch, (inner) => wrap({ ...one, body: [inner] }))
      if (one.kernel !== 'guard') return [{ call: one, counts, branch, wrap }]
      const first = branches
      branches += 2
      return [...visit(one.body, counts, first, wrap), ...visit(one.otherwise, counts, first + 1, wrap)]
    })
  return visit(code, [], undefined, (body) => body)
}

/** Executions of each branch of each guard in one run, in the order of allCalls. */
function countBranches(
  executor: Executor,
  program: Program,
  prepare: (executable: Executable) => void,
): ArrayLike<number> {
  let branches = 0
  const counting = (list: readonly Instruction[]): Instruction[] =>
    list.map((one) => {
      if (one.kernel === 'loop') return { ...one, body: counting(one.body) }
      if (one.kernel !== 'guard') return one
      const first = program.size + branches
      branches += 2
      const body = [addOne(first), ...counting(one.body)]
      return { ...one, body, otherwise: [addOne(first + 1), ...counting(one.otherwise)] }
    })
  const code = counting(program.code)
  if (branches === 0) return []
  const slot: Slot = { kind: 'state', offset: program.size, shape: [branches] }
  const size = program.size + branches
  const executable = executor.load({ size, slots: new Map([...program.slots, [branchCounters, slot]]), code })
  prepare(executable)
  executable.run({ seed: [1, 2], step: 0 })
  const times = executable.read(branchCounters)
  executable.dispose()
  return times
}

/** A call that adds 1 to the element at `offset`. */
function addOne(offset: number): Call {
  const at: View = { offset, shape: [], strides: [], loop: [] }
  const code: EwOp[] = [
    { fn: 'const', a: 0, b: 0, c: 0, imm: 1 },
    { fn: 'add', a: 0, b: 1, c: 0, imm: 0 },
  ]
  return { kernel: 'ew', outs: [at], ins: [at], packed: 0, code, results: [2], note: 'count' }
}

function detailOf({ kernel, outs, ins, code }: Call): string {
  const shape = (view: View) => view.shape.join(' x ') || '1'
  if (kernel === 'ew') return `${shape(outs[0]!)}: ${code.length} ops, ${ins.length} in, ${outs.length} out`
  if (kernel === 'gemm') return `${shape(ins[0]!)} @ ${shape(ins[1]!)}${ins[2] ? ' added' : ''}`
  return `${ins.map(shape).join(', ')} -> ${shape(outs[0]!)}`
}
