// The first recorded sequence of numbers in the terminal: per channel a line of inputs, targets and outputs, one sign per step.
import type { ChannelsTable } from '../../../contract/run.ts'

/** Steps that are shown. */
const widest = 64
const signOf = (value: number): string => (value === 0 ? '.' : value > 0 ? '+' : '-')

/** Lines of signs (+, -, . for 0), and how many outputs of all sequences have the sign of their target. */
export function channelLines({ sequences }: ChannelsTable): string[] {
  const outputs = sequences.flatMap(({ expected, predicted }) =>
    expected.flatMap((row, t) => row.map((value, c) => signOf(predicted[t]![c]!) === signOf(value))),
  )
  const [first] = sequences
  const signs = (rows: readonly number[][], channel: number) =>
    rows
      .slice(0, widest)
      .map((row) => signOf(row[channel]!))
      .join('')
  const channels = first?.expected[0]?.map((_, channel) => [
    `channel ${channel + 1}  input   ${signs(first.input, channel)}`,
    `           target  ${signs(first.expected, channel)}`,
    `           output  ${signs(first.predicted, channel)}`,
  ])
  return [
    `${outputs.filter(Boolean).length} of ${outputs.length} outputs have the sign of their target`,
    ...(channels?.flat() ?? []),
  ]
}
