// Options shared by the presets of tasks on whole sequences.
export const whole = { bptt: 'full', batch: 32 } as const
