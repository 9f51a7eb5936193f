// Where a training step spends its time: every kernel call of the compiled program alone, in its loops, the dearest first.
// Usage: node test/bench/profile.ts [--cell lstm] [--hidden 256] [--batch 64] [--window 50] [--threads 1] [--rows 25]
import { parseArgs } from 'node:util'
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/contract/validate.ts'
import type { Call, Instruction, Program } from '../../src-main/engine/compile/program.ts'
import { elements } from '../../src-main/engine/compile/program.ts'
import { chooseExecutor, openTraining } from '../../src-main/engine/index.ts'
import type { Executor } from '../../src-main/engine/run/executor.ts'
import { fastest } from './stopwatch.ts'

const { values: options } = parseArgs({
  options: {
    cell: { type: 'string', default: 'lstm' },
    hidden: { type: 'string', default: '256' },
    batch: { type: 'string', default: '64' },
    window: { type: 'string', default: '50' },
    threads: { type: 'string', default: '1' },
    rows: { type: 'string', default: '25' },
  },
})
const [hidden, batch, window, threads] = [options.hidden, options.batch, options.window, options.threads].map(
  Number,
)
const { executor } = chooseExecutor('native', threads!)

/** The program of a training step, caught on its way to the executor: the longest that is loaded. */
function trainingProgram(): Program {
  const programs: Program[] = []
  const spy: Executor = {
    ...executor,
    load: (program) => {
      programs.push(program)
      return executor.load(program)
    },
  }
  const config = parseConfig({
    seed: 1,
    data: { kind: 'text', dataset: 'bench', validation: 0 },
    model: { cell: options.cell, hidden, input: 'onehot' },
    train: {
      window,
      batch,
      steps: 1e9,
      logEvery: 1000,
      evalEvery: 0,
      sampleEvery: 0,
      checkpointEvery: 1e6,
      threads,
    },
  }) as RunConfig
  const text = Array.from({ length: batch! * window! * 4 }, (_, i) =>
    String.fromCharCode(33 + ((i * 7919) % 96)),
  ).join('')
  const events = openTraining({ config, text }, spy).events()
  while (programs.length === 0 || events.next().value?.kind !== 'step');
  return programs.reduce((a, b) => (a.code.length > b.code.length ? a : b))
}

/** Every call with the loops around it. */
function calls(
  code: Instruction[],
  wrap: (body: Instruction) => Instruction = (body) => body,
): [Call, Instruction][] {
  return code.flatMap((instruction) =>
    instruction.kernel === 'loop'
      ? calls(instruction.body, (body) => wrap({ ...instruction, body: [body] }))
      : [[instruction, wrap(instruction)] as [Call, Instruction]],
  )
}

/** Milliseconds of a run of that code. */
function measure(program: Program, code: Instruction[]): number {
  const executable = executor.load({ ...program, code })
  const counter = { seed: [1, 2], step: 0 } as const
  const ms = 1000 * fastest(() => executable.run(counter), 0.5, threads!)
  executable.dispose()
  return ms
}

const program = trainingProgram()
const rows = calls(program.code).map(([call, code]) => {
  const ms = measure(program, [code])
  const [first] = call.outs
  const shapes = [...call.outs.slice(0, 1), ...call.ins.slice(0, 2)].map((view) => view.shape.join('x')).join(' ')
  let times = 1
  for (let inner = code; inner.kernel === 'loop'; inner = inner.body[0]!) times *= inner.count
  const flops = call.kernel === 'gemm' ? 2 * elements(first!.shape) * call.ins[0]!.shape[1]! * times : 0
  const detail = call.kernel === 'ew' ? `${call.code.length} ops, ${call.ins.length} in, ${call.outs.length} out` : shapes
  return { kernel: call.kernel, times, ms, 'GFLOP/s': flops ? +(flops / ms / 1e6).toFixed(1) : '', detail: `${detail} ${first!.shape.join('x')}`, note: call.note.slice(0, 40) }
}) // prettier-ignore
const whole = measure(program, program.code)
const sum = rows.reduce((total, row) => total + row.ms, 0)
console.log(
  `${executor.description}; ${rows.length} calls, whole step ${whole.toFixed(2)} ms, calls alone ${sum.toFixed(2)} ms`,
)
for (const kernel of new Set(rows.map((row) => row.kernel))) {
  const ms = rows.filter((row) => row.kernel === kernel).reduce((total, row) => total + row.ms, 0)
  console.log(
    `  ${kernel.padEnd(12)} ${ms.toFixed(2).padStart(8)} ms ${((100 * ms) / sum).toFixed(0).padStart(4)} %`,
  )
}
const table = rows.sort((a, b) => b.ms - a.ms).slice(0, Number(options.rows))
console.table(table.map((row) => ({ ...row, ms: +row.ms.toFixed(3) })))
