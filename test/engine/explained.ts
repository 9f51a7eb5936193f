// The compiled step of a configuration as it is explained, and its parts.
import { expect } from 'vitest'
import type { RunConfig, RunConfigInput } from '../../src-main/contract/config.ts'
import type { ProgramCall, ProgramGraph, ProgramItem } from '../../src-main/contract/programGraph.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import { taskOf } from '../../src-main/engine/tasks/index.ts'
import { explainProgram } from '../../src-main/engine/explain/explain.ts'
import { referenceExecutor } from '../../src-main/engine/run/reference.ts'
import { trainingProgram } from '../../src-main/engine/training/program.ts'

export const text = 'abcdefghij'.repeat(200)
export const configOf = (given: RunConfigInput): RunConfig =>
  parseConfig({ seed: 1, logging: { evalEvery: 0 }, ...given }) as RunConfig
export const explain = (given: RunConfigInput, executor = referenceExecutor()): ProgramGraph =>
  explainProgram(configOf(given), text, executor)
export const small = { window: 7, batch: 3 }

export const callsOf = (items: readonly ProgramItem[]): ProgramCall[] =>
  items.flatMap((item) => ('body' in item ? callsOf(item.body) : [item]))
export const stepOf = (graph: ProgramGraph, name: string) =>
  graph.steps[0]!.nodes.find((n) => n.name === name)!

export function expectExact(given: RunConfigInput): ProgramGraph {
  const config = configOf(given)
  const { size } = trainingProgram(taskOf(config, text), config)
  const graph = explain(given)
  const { bytes, shared, parts, others, whole } = graph.memory
  expect(bytes).toBe(8 * size)
  expect(others.reduce((n, o) => n + o.held, bytes)).toBe(whole)
  for (const other of others) expect(other.held).toBeLessThanOrEqual(other.bytes)
  expect(parts.reduce((n, p) => n + p.held, 0)).toBe(bytes)
  expect(parts.reduce((n, p) => n + p.bytes, 0)).toBe(bytes + shared)
  for (const part of parts) expect(part.held).toBeLessThanOrEqual(part.bytes)
  return graph
}
