// How the form is divided: which training fields most people leave alone, and what the kinds of data are called. What is not named
// here is shown at once under its own name, so nothing new is ever lost.

export const kindTitles: Record<string, string> = {
  text: 'Text',
  series: 'Symbol series',
  addition: 'Binary addition',
}

const detailed = new Set([
  'train.stride', 'train.carry', 'train.warmup', 'train.momentum', 'train.rho', 'train.beta1', 'train.beta2', 'train.epsilon',
  'train.logEvery', 'train.evalEvery', 'train.sampleEvery', 'train.checkpointEvery', 'train.stopWhenSolved', 'train.threads', 'train.executor',
]) // prettier-ignore

export const isDetail = (path: string): boolean => detailed.has(path)
