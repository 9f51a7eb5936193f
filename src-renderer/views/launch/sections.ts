// Which training fields most people leave alone. A field that is not named here is shown at once, so a new one is never lost.

const detailed = new Set([
  'train.stride', 'train.carry', 'train.warmup', 'train.momentum', 'train.rho', 'train.beta1', 'train.beta2', 'train.epsilon',
  'train.logEvery', 'train.evalEvery', 'train.sampleEvery', 'train.checkpointEvery', 'train.stopWhenSolved', 'train.threads', 'train.executor',
]) // prettier-ignore

export const isDetail = (path: string): boolean => detailed.has(path)
