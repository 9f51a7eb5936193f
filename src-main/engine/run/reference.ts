// The reference executor: plain loops in f64. It specifies the meaning of every instruction, and replaces the native core where that cannot
// be compiled; clarity comes before speed.
import type { Guard, Instruction, Loop, Program, View } from '../compile/program.ts'
import type { Executable, Executor, RunOptions } from './executor.ts'
import { addresses, bindKernel, type KernelContext } from './referenceKernels.ts'
import { sharedArena, slotAccess } from './slots.ts'

/** The state of one run: the arena and the indices of the enclosing loops. */
interface Frame extends KernelContext {
  /** Index of every enclosing loop, outermost first. */
  at: number[]
  cancel: Int32Array | undefined
}

/** Runs one instruction; returns false if the cancel flag ended it. */
type Step = (frame: Frame) => boolean

const start = (view: View, frame: Frame): number =>
  view.loop.reduce((offset, stride, depth) => offset + stride * (frame.at[depth] ?? 0), view.offset)

function compileLoop({ count, reverse, body }: Loop): Step {
  const steps = body.map(compile)
  return (frame) => {
    const depth = frame.at.length
    const outer = frame.iteration
    let finished = true
    for (let n = 0; n < count && finished; n++) {
      if (frame.cancel && Atomics.load(frame.cancel, 0) !== 0) finished = false
      const i = reverse ? count - 1 - n : n
      frame.at[depth] = i
      frame.iteration = outer * count + i
      for (let s = 0; s < steps.length && finished; s++) finished = steps[s]!(frame)
    }
    frame.at.length = depth
    frame.iteration = outer
    return finished
  }
}

function compileGuard({ when, body, otherwise }: Guard): Step {
  const at = addresses(when)
  const [whenTrue, whenFalse] = [body.map(compile), otherwise.map(compile)]
  return (frame) => {
    const first = start(when, frame)
    const chosen = at.some((offset) => frame.memory[first + offset] !== 0) ? whenTrue : whenFalse
    return chosen.every((step) => step(frame))
  }
}

function compile(instruction: Instruction): Step {
  if (instruction.kernel === 'loop') return compileLoop(instruction)
  if (instruction.kernel === 'guard') return compileGuard(instruction)
  const kernel = bindKernel(instruction)
  const { outs, ins } = instruction
  return (frame) => {
    kernel(
      frame,
      outs.map((view) => start(view, frame)),
      ins.map((view) => start(view, frame)),
    )
    return true
  }
}

/** The reference executor; `reason` says for display why it was chosen. */
export function referenceExecutor(reason = 'plain loops in f64'): Executor {
  const rounded = 'in plain loops, on rounded factors'
  return {
    id: 'reference',
    description: `reference (${reason})`,
    bytesPerElement: 8,
    rounded,
    load,
    scratchBytes: () => 0,
  }
}

function load(program: Program, beside?: Executable): Executable {
  const steps = program.code.map(compile)
  let memory = beside ? sharedArena<Float64Array>(program, beside) : new Float64Array(program.size)
  const run = ({ seed, step, cancel }: RunOptions): boolean => {
    const frame: Frame = { memory, counter: { seed, step }, iteration: 0, at: [], cancel }
    return steps.every((run) => run(frame))
  }
  const dispose = () => {
    memory = new Float64Array(0)
  }
  const access = slotAccess(program, () => memory)
  return {
    program,
    get memory() {
      return memory
    },
    ...access,
    run,
    dispose,
  }
}
