// Sums over time of a stack that nothing else reads, accumulated in the loop, so that the stack is not stored.
import { standsFor } from '../graph/names.ts'
import { makeNode, type Node } from '../graph/node.ts'
import { add, sum, zeros } from '../graph/ops.ts'

/** Key of the sum of stack `index` over `axes`, which include time. */
export const sumKey = (index: number, axes: readonly number[]): string => `${index}|${axes.join()}`

/** Sums over time as loop states starting at 0: each term is then added while it is in the cache. */
export class StepwiseSums {
  readonly state: Node[] = []
  readonly next: Node[] = []
  readonly init: Node[] = []
  private readonly keys: string[] = []

  /** `y` (...): the value of one step; `whole`: the sum of its stack (T, ...). */
  add(index: number, y: Node, whole: Node): void {
    const axes = whole.attrs.axes!
    const key = sumKey(index, axes)
    if (this.keys.includes(key)) return
    const placeholder = makeNode('placeholder', [], whole.shape, { name: `sum${this.keys.length}` })
    this.keys.push(key)
    this.state.push(placeholder)
    this.init.push(zeros(whole.shape))
    const axesOfStep = axes.slice(1).map((d) => d - 1)
    const ofStep = axesOfStep.length > 0 ? sum(y, axesOfStep) : y
    this.next.push(standsFor(add(placeholder, ofStep), whole))
  }

  from(finals: readonly Node[]): Map<string, Node> {
    return new Map(this.keys.map((key, i) => [key, finals[i]!]))
  }
}
