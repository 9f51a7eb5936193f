// What the reader of lines gets for the `data` of a configuration, also as version 2 said it (kind and format inside).
import type { RunConfig } from '../../src-main/contract/config.ts'
import { parseConfig } from '../../src-main/engine/config.ts'
import type { LinesData } from '../../src-main/engine/tasks/examples/linesData.ts'
import { taskRow } from '../../src-main/engine/tasks/index.ts'

export const linesIn = ({ task, data }: Pick<RunConfig, 'task' | 'data'>): LinesData =>
  ({ keep: 'beginning', unit: 'word', ...data, format: taskRow(task).format }) as unknown as LinesData

export const linesOf = (data: Record<string, unknown>): LinesData => linesIn(parseConfig({ data } as never))
