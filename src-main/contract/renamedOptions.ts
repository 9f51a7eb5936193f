// Options of configurations up to version 3 that have another name now, and values that are spelled otherwise. Read by older.ts alone.

/** Path up to version 3 -> path now. */
const paths: Readonly<Record<string, string>> = {
  'model.head': 'model.hiddenReadout',
  'train.carry': 'train.stateful',
  'train.labelWeights': 'train.classWeights',
  'train.optimizer': 'optimizer.name',
  'train.lr': 'optimizer.lr',
  'train.momentum': 'optimizer.momentum',
  'train.rho': 'optimizer.rho',
  'train.beta1': 'optimizer.beta1',
  'train.beta2': 'optimizer.beta2',
  'train.epsilon': 'optimizer.epsilon',
  'train.damping': 'optimizer.damping',
  'train.structuralDamping': 'optimizer.structuralDamping',
  'train.cgIterations': 'optimizer.cgIterations',
  'train.cgDecay': 'optimizer.cgDecay',
  'train.preconditioner': 'optimizer.preconditioner',
  'train.fisherProbes': 'optimizer.fisherProbes',
  'train.cgBacktracking': 'optimizer.cgBacktracking',
  'train.lineSearch': 'optimizer.lineSearch',
  'train.weightDecay': 'optimizer.weightDecay',
  'train.clip': 'optimizer.clipNorm',
  'train.clipValue': 'optimizer.clipValue',
  'train.gradientNoise': 'optimizer.gradientNoise',
  'train.schedule': 'schedule.name',
  'train.warmup': 'schedule.warmup',
  'train.warmupSteps': 'schedule.warmupSteps',
  'train.decay': 'schedule.decay',
  'train.decayEvery': 'schedule.decayEvery',
  'train.dropout': 'regularization.dropout',
  'train.dropoutLinks': 'regularization.dropoutLinks',
  'train.dropoutMask': 'regularization.dropoutMask',
  'train.embeddingDropout': 'regularization.embeddingDropout',
  'train.recurrentDropout': 'regularization.recurrentDropout',
  'train.recurrentDropoutOn': 'regularization.recurrentDropoutOn',
  'train.dropoutGrowth': 'regularization.dropoutGrowth',
  'train.zoneout': 'regularization.zoneout',
  'train.activityPenalty': 'regularization.activityRegularization',
  'train.fraternal': 'regularization.fraternalDropout',
  'train.omega': 'regularization.vanishingGradientPenalty',
  'train.forcing': 'forcing.mode',
  'train.forcingRatio': 'forcing.ratio',
  'train.forcingHalf': 'forcing.halfLife',
  'train.forcingFloor': 'forcing.floor',
  'train.forcingUnit': 'forcing.unit',
  'train.ownSymbol': 'forcing.ownSymbol',
  'train.professorUnits': 'forcing.discriminatorUnits',
  'train.professorSees': 'forcing.discriminatorInput',
  'train.professorWeight': 'forcing.discriminatorWeight',
  'train.logEvery': 'logging.logEvery',
  'train.evalEvery': 'logging.evalEvery',
  'train.sampleEvery': 'logging.sampleEvery',
  'train.flowEvery': 'logging.gradientEvery',
  'train.checkpointEvery': 'logging.checkpointEvery',
  'train.threads': 'runtime.threads',
  'train.precision': 'runtime.precision',
  'train.executor': 'runtime.executor',
  'data.column': 'data.columns',
  'data.longest': 'data.maxLength',
  'data.keep': 'data.truncate',
}

/** By path up to version 3: value then -> value now. What of a long line was kept is told by the end that is cut off. */
const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'data.column': { '': 'first' },
  'train.loss': { halfsquares: 'sse' },
  'train.ownSymbol': { likeliest: 'argmax' },
  'train.forcingUnit': { step: 'token' },
  'data.keep': { beginning: 'end', end: 'beginning' },
}

export const optionNow = (path: string): string => (Object.hasOwn(paths, path) ? paths[path]! : path)

/** All paths that have another name now. */
export const oldPaths = Object.keys(paths)

/** The present spelling of a value that was given to the option of that path. */
export function valueNow(path: string, value: unknown): unknown {
  const known = Object.hasOwn(values, path) ? values[path]! : {}
  return typeof value === 'string' && Object.hasOwn(known, value) ? known[value] : value
}
