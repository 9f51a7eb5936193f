// Options of the optimizer: the update, its constants, weight decay and clipping.
import { z } from 'zod'
import { meta, needs } from '../fieldMeta.ts'

/** Optimizers that use the gradient alone, and the one that also uses the curvature. */
export const firstOrder = {
  path: 'optimizer.name',
  in: ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw'],
}
const hessianFree = { path: 'optimizer.name', in: ['hessianfree'] }

export const optimizerConfig = z.strictObject({
  name: z.enum(['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw', 'hessianfree']).default('adam').meta(meta('Optimiser', 'How the gradient becomes an update, as PyTorch defines each.', { labels: { sgd: 'SGD', momentum: 'SGD with momentum', nesterov: 'Nesterov momentum', adagrad: 'Adagrad', rmsprop: 'RMSprop', adam: 'Adam', adamw: 'AdamW', hessianfree: 'Hessian-free' }, values: { sgd: 'lr * gradient', momentum: 'SGD plus momentum * the last update', nesterov: 'momentum, with the gradient at the point that momentum leads to (Nesterov 1983)', adagrad: 'divided by the root of all squared gradients so far (Duchi et al. 2011)', rmsprop: 'divided by the root of the mean squared gradient', adam: 'mean gradient over the root of the mean squared one (Kingma & Ba 2015)', adamw: 'Adam with decoupled weight decay (Loshchilov & Hutter 2019)', hessianfree: 'one damped Newton step per batch, by conjugate gradients on the Gauss-Newton matrix (Martens & Sutskever 2011); for large batches; without learning rate and clipping' }, also: 'optimizer optim optimiser solver algorithm' })),
  lr: z.number().positive().max(100).default(0.003).meta(meta('Learning rate', 'Peak learning rate; the schedule multiplies it.', { scale: 'log', when: firstOrder, also: 'learning_rate rate eta step_size base_lr initial_lr init_lr' })),
  momentum: z.number().min(0).max(0.9999).default(0.9).meta(meta('Momentum', 'Factor of the last update.', { when: { path: 'optimizer.name', in: ['momentum', 'nesterov'] } })),
  rho: z.number().min(0).max(0.9999).default(0.9).meta(meta('RMS decay', 'Decay of the mean squared gradient.', { when: { path: 'optimizer.name', in: ['rmsprop'] }, also: 'rms_alpha smoothing' })),
  beta1: z.number().min(0).max(0.9999).default(0.9).meta(meta('Beta 1', 'Decay of the mean gradient.', { when: { path: 'optimizer.name', in: ['adam', 'adamw'] }, also: 'beta_1 adam_beta1' })),
  beta2: z.number().min(0).max(0.99999).default(0.999).meta(meta('Beta 2', 'Decay of the mean squared gradient.', { when: { path: 'optimizer.name', in: ['adam', 'adamw'] }, also: 'beta_2 adam_beta2' })),
  epsilon: z.number().positive().max(1).default(1e-8).meta(meta('Epsilon', 'Added to the denominator of the update.', { scale: 'log', when: { path: 'optimizer.name', in: ['adagrad', 'rmsprop', 'adam', 'adamw'] }, also: 'eps adam_epsilon' })),
  damping: z.number().min(1e-6).max(1e6).default(1).meta(meta('Damping', 'lambda at the start: added to the curvature of every weight. It rises where the loss falls less than the quadratic model predicts, and falls where it agrees (Levenberg-Marquardt).', { scale: 'log', when: hessianFree })),
  structuralDamping: z.number().min(0).max(1000).default(0).meta(meta('Structural damping', 'mu: penalises changes of the hidden states, by mu * lambda times their mean square over steps and sequences (Martens & Sutskever 2011). 0: off.', { when: hessianFree })),
  cgIterations: z.int().min(1).max(1000).default(50).meta(meta('CG iterations', 'Most iterations of conjugate gradients per update, one product with the curvature each; it costs about one forward and one backward pass. CG stops early when its progress is small.', { scale: 'log', when: hessianFree })),
  cgDecay: z.number().min(0).max(1).default(0.95).meta(meta('Warm start', 'CG starts from this factor times the solution of the last update (Martens 2010); 0: from zero.', { when: hessianFree })),
  preconditioner: z.enum(['none', 'fisher']).default('none').meta(meta('Preconditioner', 'Scaling of the weights in conjugate gradients.', { values: { none: 'no scaling', fisher: 'the diagonal (mean squared gradient of single sequences + lambda)^0.75 (Martens 2010)' }, when: hessianFree })),
  fisherProbes: z.int().min(0).max(4096).default(0).meta(meta('Fisher probes', '0: squared gradients of every sequence, one backward pass each. Above 0: an estimate from this number of backward passes, in which every sequence has a random sign (Chapelle & Erhan 2011).', { when: { path: 'optimizer.preconditioner', in: ['fisher'] } })),
  cgBacktracking: z.boolean().default(false).meta(meta('CG backtracking', 'After conjugate gradients, step back through the iterates numbered ceil(1.3^j) as long as the loss does not rise (Martens 2010). Each costs a forward pass and the memory of all weights. Not with dropout, zoneout or free-running inputs.', { when: hessianFree })),
  lineSearch: z.int().min(0).max(60).default(0).meta(meta('Line search', 'Most times that an update is multiplied by 0.8 until the loss falls by 0.01 of what its slope predicts; 0: off; 60 in Martens\' code. Each costs a forward pass, needed or not. Not with dropout, zoneout or free-running inputs.', { when: hessianFree })),
  weightDecay: z.number().min(0).max(100).default(0).meta(meta('Weight decay', 'Shrinks every weight, biases and gains too, as PyTorch does: AdamW subtracts lr * this * weight; the others add this * weight to the gradient (L2). 0: none.', { also: 'wd wdecay l2 l2_penalty l2_reg', when: needs('gradient') })),
  clipNorm: z.number().min(0).max(1e6).default(1).meta(meta('Clip norm', 'Largest L2 norm of the gradient of all weights together; 0: no clipping.', { when: firstOrder, also: 'clip grad_clip gradient_clip gradient_clipping gradient_clip_val clip_norm clipnorm clip_grad clip_grad_norm max_grad_norm max_norm global_clipnorm' })),
  clipValue: z.number().min(0).max(1e6).default(0).meta(meta('Clip value', 'Largest magnitude of a single element of the gradient, after clipping by norm; 0: no clipping.', { when: [needs('gradient'), firstOrder], also: 'clip_grad_value' })),
  gradientNoise: z.number().min(0).max(100).default(0).meta(meta('Gradient noise', 'eta: adds normal noise of variance eta / (1 + step)^0.55 to the clipped gradient (Neelakantan et al. 2015; they try 0.01, 0.3 and 1). 0: none.', { when: [needs('gradient'), firstOrder] })),
}) // prettier-ignore
