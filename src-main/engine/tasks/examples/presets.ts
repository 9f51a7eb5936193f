// What the presets of tasks with whole sequences have in common.
export const whole = { bptt: 'full', batch: 32 } as const
