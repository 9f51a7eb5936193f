// Program -> two flat arrays that the native executor decodes once. native/decode.cc reads this layout:
//   view  = offset, rank, shape[rank], strides[rank], depth, loop[depth]
//   call  = kernel, words (of this instruction, header included), nOuts, nIns, packed + 2 * precision, outs..., ins...,
//           nOps, (fn, a, b, c, immIndex)*, nResults, results...
//   loop  = 0, words, count, reverse, body...
//   guard = 14, words, when, words of body, body..., otherwise...
// Numbers of kernels, functions and precisions are positions in `kernels`, `ewFunctions` and `precisions`. immIndex points into `consts`
// (f64), -1 = none.
import { append } from '../../contract/longLists.ts'
import { ewFunctions, kernels, precisions, type Instruction, type Program, type View } from './program.ts'

/** Instructions as words, constants as f64. */
export interface EncodedProgram {
  code: Int32Array
  consts: Float64Array
}

/** Encodes a program; throws RangeError if its arena has more than 2^31 - 1 elements (8 GiB in f32). */
export function encode(program: Program): EncodedProgram {
  if (program.size > 0x7fffffff)
    throw new RangeError(`program needs ${program.size} elements; the limit is 2^31 - 1`)
  const code: number[] = []
  const consts: number[] = []
  const view = (v: View) => {
    append(code, [v.offset, v.shape.length, ...v.shape, ...v.strides, v.loop.length, ...v.loop])
  }
  const emit = (instruction: Instruction) => {
    const start = code.length
    code.push(kernels.indexOf(instruction.kernel), 0)
    if (instruction.kernel === 'loop') {
      code.push(instruction.count, instruction.reverse ? 1 : 0)
      instruction.body.forEach(emit)
    } else if (instruction.kernel === 'guard') {
      view(instruction.when)
      const length = code.push(0)
      instruction.body.forEach(emit)
      code[length - 1] = code.length - length
      instruction.otherwise.forEach(emit)
    } else {
      const { outs, ins, packed, precision = 'f32' } = instruction
      code.push(outs.length, ins.length, packed + 2 * precisions.indexOf(precision))
      outs.forEach(view)
      ins.forEach(view)
      code.push(instruction.code.length)
      for (const op of instruction.code) {
        const hasImm = op.fn === 'const' || op.fn === 'uniform'
        code.push(ewFunctions.indexOf(op.fn), op.a, op.b, op.c, hasImm ? consts.push(op.imm) - 1 : -1)
      }
      append(code, [instruction.results.length, ...instruction.results])
    }
    code[start + 1] = code.length - start
  }
  program.code.forEach(emit)
  return { code: Int32Array.from(code), consts: Float64Array.from(consts) }
}
