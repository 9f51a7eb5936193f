// What the presets of tasks with whole sequences have in common.
export const whole = {
  bptt: 'full',
  batch: 32,
  optimizer: 'adam',
  schedule: 'onecycle',
  warmup: 0.1,
  clip: 1,
} as const
