// A run's configuration: every option of the model and of training is said here once, with its default, range, help and scale. The launch
// form, the CLI flags, validation and the docs table follow from these schemas. Options of data come from the task (engine/tasks), those of
// a cell from the cell.
import { z } from 'zod'
import { meta } from './fieldMeta.ts'
import type { Trait } from './taskInfo.ts'

// Schemas are checked without code made from strings: the page's content policy forbids it.
z.config({ jitless: true })

export const datasetId = z
  .string()
  .regex(/^[0-9a-z][0-9a-z-]{0,63}$/, 'must be the id of a text: small letters, digits and dashes')

const of = (trait: Trait) => ({ trait })
export const cellOption = z.union([z.number(), z.boolean(), z.string().max(64)])

/** `hidden` and `layers` say the sizes of the layers only while `sizes` does not. */
const alike = { path: 'model.sizes', in: [''] }

export const modelConfig = z.strictObject({
  cell: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/).default('lstm').meta(meta('Cell', 'The recurrent unit.', { also: 'cell_type rnn_type model_type type arch architecture' })),
  hidden: z.int().min(1).max(16384).default(128).meta(meta('Hidden units', 'Size of the hidden state of each layer, where Sizes is empty.', { scale: 'log', when: alike, also: 'hidden_size hidden_dim hidden_units units num_units n_hidden nhid rnn_size state_size d_model' })),
  layers: z.int().min(1).max(16).default(1).meta(meta('Layers', 'Cells stacked on each other; each reads the one below. Where Sizes is empty.', { when: alike, also: 'num_layers n_layers nlayers num_hidden_layers depth' })),
  sizes: z.string().regex(/^([1-9]\d{0,4}(\/[1-9]\d{0,4}){0,15})?$/, 'must be sizes from the bottom up, such as 400/300/200/100').default('').meta(meta('Sizes', 'Units of each layer from the bottom up, such as 400/300/200/100; takes the place of hidden units and layers. Empty: all layers alike.')),
  head: z.int().min(0).max(16384).default(0).meta(meta('Head', 'Units of a tanh layer between the top layer and the readout; 0: none.')),
  bidirectional: z.boolean().default(false).meta(meta('Bidirectional', 'Every layer also reads the sequence from its end; the layer above and the readout see both (Schuster & Paliwal 1997). Not where the next symbol is to be predicted.', { also: 'bidir', when: [of('readsAhead'), { path: 'train.bptt', in: ['full'] }] })),
  subsample: z.int().min(1).max(16).default(1).meta(meta('Subsampling', 'Every layer reads its input in windows of this many steps, so L layers shorten the sequence by this to the power of L (Graves 2012, hierarchical subsampling). For tasks with one answer per sequence. 1: off.', { when: of('answersAfterReading') })),
  input: z.enum(['embedding', 'onehot']).default('embedding').meta(meta('Input', 'How a symbol is read.', { values: { embedding: 'as a learned vector', onehot: 'as one input line per symbol' }, when: of('symbols') })),
  embedding: z.int().min(1).max(4096).default(32).meta(meta('Embedding size', 'Length of the learned vector of a symbol.', { scale: 'log', when: { path: 'model.input', in: ['embedding'] }, also: 'embedding_dim embedding_size embed_dim emb_size emsize d_embed' })),
  residual: z.boolean().default(false).meta(meta('Residual links', 'Each layer above the first shows h plus what the layer below showed (without dropout), where their sizes fit (He et al. 2016, Wu et al. 2016).')),
  pooling: z.enum(['last', 'mean', 'max', 'attention']).default('last').meta(meta('Pooling', 'What one answer per sequence is read from.', { values: { last: 'the state after the last step', mean: 'the mean of each unit over all steps', max: 'the largest value of each unit over all steps', attention: 'a mean whose weights are learnt (Bahdanau et al. 2015, Yang et al. 2016)' }, when: of('oneAnswer') })),
  embeddingInit: z.enum(['auto', 'normal', 'uniform']).default('auto').meta(meta('Initial embedding', 'How the vectors of symbols start.', { values: { auto: 'U(-0.05, 0.05) for the words of labelled lines, tagged lines and pairs, most of which are rare; N(0, 1) for all else. Measured on held-out data: film sentences 0.75 right against 0.67 with N(0, 1), tags of a news corpus 0.86 against 0.78; but the words of Moby Dick, predicted one by one, cost 0.1 nats less with N(0, 1), characters 0.2', normal: 'N(0, scale^2)', uniform: 'U(-scale, scale)' }, when: { path: 'model.input', in: ['embedding'] } })),
  embeddingScale: z.number().positive().max(100).default(0.1).meta(meta('Embedding scale', 'normal: standard deviation of the first values. uniform: their largest magnitude.', { scale: 'log', when: { path: 'model.embeddingInit', in: ['normal', 'uniform'] } })),
  init: z.enum(['default', 'uniform', 'xavier', 'orthogonal', 'identity']).default('default').meta(meta('Initial weights', 'Of input, recurrent and output matrices, gate by gate.', { values: { default: 'what the cell\'s paper or usual practice takes', uniform: 'U(-1/sqrt(fan in), 1/sqrt(fan in))', xavier: 'U(±sqrt(6 / (fan in + fan out)))', orthogonal: 'orthonormal rows or columns', identity: 'recurrent matrices only' }, also: 'initializer kernel_initializer recurrent_initializer weight_init' })),
  recurrentInit: z.enum(['same', 'default', 'uniform', 'xavier', 'orthogonal', 'identity']).default('same').meta(meta('Initial recurrent weights', 'Of recurrent matrices. With any other than same, the initial weights hold for input and output matrices alone; Keras takes xavier there and orthogonal here.', { values: { same: 'as the initial weights', default: 'what the cell\'s paper or usual practice takes', uniform: 'U(-1/sqrt(fan in), 1/sqrt(fan in))', xavier: 'U(±sqrt(6 / (fan in + fan out)))', orthogonal: 'orthonormal rows or columns', identity: 'the identity' } })),
  options: z.record(z.string().max(32), cellOption).default({}).meta(meta('Cell options', 'Options of the chosen cell.')),
}) // prettier-ignore

/** Optimisers that follow the gradient, and the one that also asks how it bends. */
const firstOrder = {
  path: 'train.optimizer',
  in: ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw'],
}
const hessianFree = { path: 'train.optimizer', in: ['hessianfree'] }

/** The network's own symbols can be read only where the next one is asked for. */
const readsNext = [of('predictsNext'), { path: 'train.bptt', in: ['truncated', 'full', 'online'] }]

export const trainConfig = z.strictObject({
  bptt: z.enum(['truncated', 'full', 'online', 'windows']).default('truncated').meta(meta('Backpropagation', '', { values: { truncated: 'windows in order, state carried', full: 'whole sequences', online: 'an update after every symbol, walking back a few steps', windows: 'independent overlapping windows, shuffled, loss on the last step' } })),
  window: z.int().min(1).max(4096).default(64).meta(meta('Window', 'Steps that the gradient walks back (k2; the depth z of online updates).', { scale: 'log', unit: 'steps', also: 'seq_len seq_length sequence_length timesteps time_steps num_steps bptt_len block_size context_length unroll', when: { path: 'train.bptt', in: ['truncated', 'online', 'windows'] } })),
  stride: z.int().min(0).max(4096).default(0).meta(meta('Stride', 'Steps between updates (k1); 0 means the whole window.', { unit: 'steps', when: { path: 'train.bptt', in: ['truncated'] } })),
  batch: z.int().min(1).max(4096).default(32).meta(meta('Batch', 'Sequences trained side by side.', { scale: 'log', also: 'batch_size bs minibatch mini_batch per_device_train_batch_size' })),
  carry: z.boolean().default(true).meta(meta('Carry state', 'Start each window with the state that the one before ended in.', { when: { path: 'train.bptt', in: ['truncated'] }, also: 'stateful' })),
  forcing: z.enum(['teacher', 'free', 'ratio', 'linear', 'exponential', 'invsigmoid', 'professor']).default('teacher').meta(meta('Inputs while training', 'Which symbol is read next.', { values: { teacher: 'the true one', free: 'the network\'s own', ratio: 'the true one with a fixed probability', linear: 'scheduled sampling, that probability falls with the updates (Bengio et al. 2015)', exponential: 'scheduled sampling, that probability falls with the updates (Bengio et al. 2015)', invsigmoid: 'scheduled sampling, that probability falls with the updates (Bengio et al. 2015)', professor: 'the true ones, and a discriminator that tells hidden states and outputs of reading from those of free running pulls them together (Lamb et al. 2016)' }, also: 'teacher_forcing scheduled_sampling', when: readsNext })),
  forcingRatio: z.number().min(0).max(1).default(0.5).meta(meta('True inputs', 'Probability of reading the true symbol.', { when: { path: 'train.forcing', in: ['ratio'] }, also: 'teacher_forcing_ratio tf_ratio' })),
  forcingHalf: z.int().min(1).max(1e9).default(1000).meta(meta('Half own after', 'Update i at which half of the inputs are the network\'s own: true with probability 1 - i / (2 * this) (linear), 0.5^(i / this) (exponential), k / (k + exp(i / k)) with k ln k = this (invsigmoid).', { scale: 'log', unit: 'steps', when: { path: 'train.forcing', in: ['linear', 'exponential', 'invsigmoid'] } })),
  forcingFloor: z.number().min(0).max(1).default(0).meta(meta('True inputs at least', 'The probability of the true symbol never falls below this.', { when: { path: 'train.forcing', in: ['linear', 'exponential', 'invsigmoid'] } })),
  forcingUnit: z.enum(['step', 'sequence']).default('step').meta(meta('Coin tossed', '', { values: { step: 'for every symbol anew', sequence: 'once for a whole window, which is then read or run free' }, when: { path: 'train.forcing', in: ['ratio', 'linear', 'exponential', 'invsigmoid'] } })),
  ownSymbol: z.enum(['sample', 'likeliest']).default('sample').meta(meta('Own symbol', 'What the network reads of itself.', { values: { sample: 'a symbol drawn from its probabilities', likeliest: 'the likeliest symbol' }, when: { path: 'train.forcing', in: ['free', 'ratio', 'linear', 'exponential', 'invsigmoid', 'professor'] } })),
  professorUnits: z.int().min(1).max(4096).default(64).meta(meta('Discriminator units', 'Units of the discriminator\'s bidirectional GRU and of its head.', { scale: 'log', when: { path: 'train.forcing', in: ['professor'] } })),
  professorSees: z.enum(['both', 'states']).default('both').meta(meta('Discriminator sees', '', { values: { both: 'hidden states and the probabilities of all symbols, as in the paper (with many symbols a wide input)', states: 'hidden states alone' }, when: { path: 'train.forcing', in: ['professor'] } })),
  professorWeight: z.number().min(0).max(1000).default(0.02).meta(meta('Discriminator weight', 'Factor of the loss for being told apart; it acts while the discriminator is right in more than 75 % of the cases. Start small: large factors drown the loss of the task.', { when: { path: 'train.forcing', in: ['professor'] } })),
  steps: z.int().min(0).max(1e9).default(4000).meta(meta('Steps', 'Updates to make; 0 means only epochs decide.', { scale: 'log', also: 'max_steps total_steps num_train_steps iterations iters n_iters max_iter num_iterations' })),
  epochs: z.number().min(0).max(1e9).default(0).meta(meta('Epochs', 'Passes over the data; 0 means only steps decide. The first limit reached ends the run.', { also: 'num_epochs n_epochs max_epochs nb_epoch num_train_epochs' })),
  buckets: z.int().min(1).max(16).default(1).meta(meta('Buckets', 'Lengths that batches are padded to: sequences of like length are put together. 1: every batch is padded to the longest.', { when: of('padding') })),
  loss: z.enum(['auto', 'crossentropy', 'binary', 'mse', 'halfsquares']).default('auto').meta(meta('Loss', 'All but crossentropy read classes through the logistic function, one by one; the probability of a symbol is then its share of all. Numbers are squared as they are.', { values: { auto: 'crossentropy for symbols and classes, binary for yes or no, mse for numbers, halfsquares for binary addition and series', crossentropy: '-log softmax of the right class', binary: 'cross-entropy of every output by itself', mse: 'squared error', halfsquares: 'half the sum of squared errors' }, also: 'criterion loss_fn loss_function objective' })),
  labelWeights: z.enum(['none', 'balanced']).default('none').meta(meta('Label weights', '', { values: { none: 'all answers count alike', balanced: 'an answer counts in inverse proportion to how often its label (or its symbol, of a text) occurs in the training part, so rare ones count as much as frequent ones' }, when: of('rareClasses'), also: 'class_weight class_weights' })),
  optimizer: z.enum(['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw', 'hessianfree']).default('adam').meta(meta('Optimiser', 'How the gradient becomes a step, as PyTorch defines each.', { values: { sgd: 'lr * gradient', momentum: 'with a share of the last step kept', nesterov: 'momentum, with the gradient where that leads (Nesterov 1983)', adagrad: 'divided by the root of all squared gradients so far (Duchi et al. 2011)', rmsprop: 'divided by the root of the mean squared gradient', adam: 'mean gradient over the root of the mean squared one (Kingma & Ba 2015)', adamw: 'adam with the weight decay beside it (Loshchilov & Hutter 2019)', hessianfree: 'one damped Newton step per batch, by conjugate gradients on the Gauss-Newton matrix (Martens & Sutskever 2011); for large batches, it takes no learning rate and no clipping' }, also: 'optim optimiser solver algorithm' })),
  lr: z.number().positive().max(100).default(0.003).meta(meta('Learning rate', 'Largest step size; the schedule scales it.', { scale: 'log', when: firstOrder, also: 'learning_rate rate eta step_size base_lr initial_lr init_lr' })),
  schedule: z.enum(['constant', 'onecycle', 'cosine', 'linear', 'step', 'exponential', 'invsqrt']).default('onecycle').meta(meta('Schedule', 'How the learning rate moves.', { values: { constant: 'it stays', onecycle: 'it warms up, then falls to zero along a cosine', cosine: 'it falls to zero along a cosine', linear: 'it falls to zero evenly', step: 'times the decay factor in stairs', exponential: 'times the decay factor smoothly', invsqrt: 'with the inverse square root of the step' }, when: firstOrder, also: 'scheduler lr_scheduler lr_schedule lr_scheduler_type' })),
  warmup: z.number().min(0).max(0.9).default(0.1).meta(meta('Warm-up share', 'Part of the run in which the rate rises.', { when: { path: 'train.schedule', in: ['onecycle'] }, also: 'warmup_ratio pct_start' })),
  warmupSteps: z.int().min(0).max(1e9).default(0).meta(meta('Warm-up steps', 'The rate rises evenly over the first steps, then the schedule starts; 0: no warm-up.', { unit: 'steps', when: { path: 'train.schedule', in: ['constant', 'cosine', 'linear', 'step', 'exponential', 'invsqrt'] }, also: 'num_warmup_steps' })),
  decay: z.number().min(0.001).max(1).default(0.5).meta(meta('Decay factor', 'What the rate is multiplied by each time.', { when: { path: 'train.schedule', in: ['step', 'exponential'] }, also: 'gamma lr_decay decay_rate' })),
  decayEvery: z.int().min(1).max(1e9).default(1000).meta(meta('Decay every', 'Steps from one decay factor to the next.', { scale: 'log', unit: 'steps', when: { path: 'train.schedule', in: ['step', 'exponential'] }, also: 'decay_steps lr_step' })),
  momentum: z.number().min(0).max(0.9999).default(0.9).meta(meta('Momentum', 'Share of the last step that is kept.', { when: { path: 'train.optimizer', in: ['momentum', 'nesterov'] } })),
  rho: z.number().min(0).max(0.9999).default(0.9).meta(meta('RMS decay', 'Decay of the mean square gradient.', { when: { path: 'train.optimizer', in: ['rmsprop'] }, also: 'rms_alpha smoothing' })),
  beta1: z.number().min(0).max(0.9999).default(0.9).meta(meta('Beta 1', 'Decay of the mean gradient.', { when: { path: 'train.optimizer', in: ['adam', 'adamw'] }, also: 'beta_1 adam_beta1' })),
  beta2: z.number().min(0).max(0.99999).default(0.999).meta(meta('Beta 2', 'Decay of the mean square gradient.', { when: { path: 'train.optimizer', in: ['adam', 'adamw'] }, also: 'beta_2 adam_beta2' })),
  epsilon: z.number().positive().max(1).default(1e-8).meta(meta('Epsilon', 'Keeps the division finite.', { scale: 'log', when: { path: 'train.optimizer', in: ['adagrad', 'rmsprop', 'adam', 'adamw'] }, also: 'eps adam_epsilon' })),
  damping: z.number().min(1e-6).max(1e6).default(1).meta(meta('Damping', 'lambda: what is added to the curvature of every weight at the start; from then on it goes up where a step brings less than promised and down where it keeps its word (Levenberg-Marquardt).', { scale: 'log', when: hessianFree })),
  structuralDamping: z.number().min(0).max(1000).default(0).meta(meta('Structural damping', 'mu: damps what moves the hidden states as well, by mu * lambda times the mean square of their change over steps and sequences (Martens & Sutskever 2011). 0: off.', { when: hessianFree })),
  cgIterations: z.int().min(1).max(1000).default(50).meta(meta('Conjugate gradients', 'Most products with the curvature per step; each costs about one more pass forward and back. It stops early when little is gained.', { scale: 'log', when: hessianFree })),
  cgDecay: z.number().min(0).max(1).default(0.95).meta(meta('Warm start', 'Each step starts from this share of the one before (Martens 2010); 0: from nothing.', { when: hessianFree })),
  preconditioner: z.enum(['none', 'fisher']).default('none').meta(meta('Preconditioner', '', { values: { none: 'all weights alike', fisher: 'conjugate gradients see every weight scaled by the mean squared gradient of single sequences plus lambda, to the power 0.75 (Martens 2010)' }, when: hessianFree })),
  fisherProbes: z.int().min(0).max(4096).default(0).meta(meta('Fisher probes', '0: the squared gradients of all sequences, one backward pass for each of the batch. Above 0: an estimate in so many passes, in which every sequence has a random sign (Chapelle & Erhan 2011).', { when: { path: 'train.preconditioner', in: ['fisher'] } })),
  cgBacktracking: z.boolean().default(false).meta(meta('Go back over iterates', 'After conjugate gradients go from their last iterate back through those numbered 1.3^j, rounded up, as long as the loss does not rise (Martens 2010). Each costs a pass forward and the memory of all weights; not with dropout, zoneout or own inputs.', { when: hessianFree })),
  lineSearch: z.int().min(0).max(60).default(0).meta(meta('Line search', 'How often a step is shortened to 0.8 of itself until the loss falls by a hundredth of what its slope promises; 0: off, and 60 in Martens\' program. Each costs a pass forward, needed or not; not with dropout, zoneout or own inputs.', { when: hessianFree })),
  weightDecay: z.number().min(0).max(100).default(0).meta(meta('Weight decay', 'Pulls every weight towards 0, biases and gains too, as PyTorch does: adamw takes lr * this * weight off; the others add this * weight to the gradient (L2). 0: none.', { also: 'wd wdecay l2 l2_penalty l2_reg', when: of('gradient') })),
  clip: z.number().min(0).max(1e6).default(1).meta(meta('Clip norm', 'Largest norm of the whole gradient; 0 switches clipping off.', { when: firstOrder, also: 'grad_clip gradient_clip gradient_clipping gradient_clip_val clip_norm clipnorm clip_grad clip_grad_norm max_grad_norm max_norm global_clipnorm' })),
  clipValue: z.number().min(0).max(1e6).default(0).meta(meta('Clip value', 'Largest magnitude of a single entry of the gradient, after clipping by norm; 0 switches it off.', { when: [of('gradient'), firstOrder], also: 'clip_grad_value' })),
  gradientNoise: z.number().min(0).max(100).default(0).meta(meta('Gradient noise', 'eta: adds normal noise of variance eta / (1 + step)^0.55 to the clipped gradient (Neelakantan et al. 2015; they try 0.01, 0.3 and 1). 0: none.', { when: [of('gradient'), firstOrder] })),
  dropout: z.number().min(0).max(0.95).default(0).meta(meta('Dropout', 'Share of the links from below that is cut while training, never of the recurrent links. One-hot symbols are not cut. 0: off.', { scale: 'linear', also: 'drop drop_rate dropout_rate dropout_prob p_dropout keep_prob', when: of('gradient') })),
  dropoutLinks: z.enum(['all', 'layers', 'between']).default('all').meta(meta('Dropout on', '', { values: { all: 'the input of every layer and of the output layer (Zaremba et al. 2014)', layers: 'the input of every recurrent layer, not of the output layer (dropout in Keras)', between: 'the links between recurrent layers only (dropout in PyTorch)' }, when: { positive: ['train.dropout'] } })),
  dropoutMask: z.enum(['step', 'variational']).default('step').meta(meta('Dropout mask', '', { values: { step: 'drawn anew at every step', variational: 'one mask for all steps of a window (Gal & Ghahramani 2016)' }, when: { positive: ['train.dropout', 'train.recurrentDropout'] } })),
  embeddingDropout: z.number().min(0).max(0.95).default(0).meta(meta('Embedding dropout', 'Share of the symbols whose vectors are 0 wherever they occur in a batch, drawn anew for every batch (Gal & Ghahramani 2016, Merity et al. 2017). Needs an embedding. 0: off.', { scale: 'linear', when: [of('gradient'), { path: 'model.input', in: ['embedding'] }] })),
  recurrentDropout: z.number().min(0).max(0.95).default(0).meta(meta('Recurrent dropout', 'Share of the recurrent links that is cut while training; see "Recurrent dropout on". 0: off.', { scale: 'linear', also: 'weight_drop wdrop dropouth', when: of('gradient') })),
  recurrentDropoutOn: z.enum(['auto', 'candidate', 'state']).default('auto').meta(meta('Recurrent dropout on', '', { values: { auto: 'candidate where the cell has one, else state', candidate: 'a share of the candidate (g, n) is not written, so memory is not erased (Semeniuta et al. 2016); LSTMs and GRUs', state: 'the recurrent products do not see a share of the old state h, one mask for all steps (Gal & Ghahramani 2016; recurrent_dropout in Keras)' }, when: [of('gradient'), { positive: ['train.recurrentDropout'] }] })),
  dropoutGrowth: z.number().min(0).max(10).default(0).meta(meta('Dropout growth', 'gamma: both dropout rates grow as 1 - exp(-gamma * step) towards their value (curriculum dropout, Morerio et al. 2017; about 10 / steps there). 0: full from the start.', { when: [of('gradient'), { positive: ['train.dropout', 'train.embeddingDropout', 'train.recurrentDropout'] }] })),
  zoneout: z.number().min(0).max(1).default(0).meta(meta('Zoneout', 'Probability that a unit of the state keeps its old value at a step; outside of training old and new are mixed in that share (Krueger et al. 2017). 0: off.', { scale: 'linear', when: of('gradient') })),
  activityPenalty: z.number().min(0).max(1e6).default(0).meta(meta('Activity penalty', 'beta: adds beta * mean h^2 over all layers, steps and units to the loss that is trained and shown for training (Merity et al. 2017). 0: off.', { also: 'activity_regularizer activation_regularization', when: of('gradient') })),
  fraternal: z.number().min(0).max(1e6).default(0).meta(meta('Fraternal dropout', 'kappa: each batch is read twice under different masks; adds kappa * mean squared difference of the two outputs to the mean of both losses (Zolna et al. 2018). It doubles the cost of a step and needs dropout or zoneout. 0: off.', { when: of('gradient') })),
  omega: z.number().min(0).max(1e6).default(0).meta(meta('Vanishing gradient penalty', 'Adds this * Omega to what is followed, though not to the loss shown: Omega grows where a step hands back less or more of the gradient than it was given, summed over the steps (Pascanu et al. 2013; their penalty treats states and errors as constants). 0: off.', { when: [of('gradient'), firstOrder] })),
  logEvery: z.int().min(1).max(1e6).default(10).meta(meta('Log every', 'Steps averaged into one point of the curves; of losses every answer counts alike.', { unit: 'steps', also: 'log_interval logging_steps log_every_n_steps log_freq report_interval' })),
  evalEvery: z.int().min(0).max(1e6).default(100).meta(meta('Validate every', '0: only at the end.', { unit: 'steps', also: 'eval_interval eval_steps val_interval val_check_interval validation_freq evaluation_interval' })),
  sampleEvery: z.int().min(0).max(1e6).default(500).meta(meta('Sample every', 'Write a short text (or the answer table of a series); 0: never.', { unit: 'steps', also: 'sample_interval' })),
  flowEvery: z.int().min(0).max(1e6).default(500).meta(meta('Gradient record every', 'Record how the gradient fades or grows through time, |dL/dh_t| at every step back in every layer, and the spectral radius of the recurrent matrices: at the start and then every so often, in runs of at least that many steps. On pictures a step is an anti-diagonal of each scan. Beside the online rule of the series it is the gradient of the whole series at the weights of then. 0: never.', { unit: 'steps' })),
  checkpointEvery: z.int().min(1).max(1e6).default(500).meta(meta('Checkpoint every', 'Also at least every 30 seconds, at pause and at the end. The best and the last two are kept.', { unit: 'steps', also: 'save_steps save_interval save_freq save_every checkpoint_interval' })),
  stopWhenSolved: z.boolean().default(true).meta(meta('Stop when solved', 'For series: end as soon as every output is on the right side of 0.5.', { when: of('solvable') })),
  threads: z.int().min(1).max(64).default(1).meta(meta('Threads', 'Cores for one run. The result is the same to the bit for any number.', { also: 'num_threads n_threads num_workers n_jobs workers' })),
  precision: z.enum(['f32', 'bf16', 'bf16x3']).default('f32').meta(meta('Precision', 'Of the matrix products of training; weights, sums and all else stay f32, and so do validation, sampling and looking inside. bf16 and bf16x3 are meant for processors with AMX; elsewhere bf16 is no faster than f32 and bf16x3 about three times slower.', { values: { f32: 'factors as they are', bf16: 'both rounded to bfloat16 (8 bits)', bf16x3: 'each split into two bfloat16, three products: close to f32' }, also: 'dtype amp mixed_precision fp16 bf16' })),
  executor: z.enum(['auto', 'native', 'reference']).default('auto').meta(meta('Executor', '', { values: { auto: 'native where it can be used, else reference', native: 'fast, 32-bit', reference: 'plain loops in 64-bit, slow' }, also: 'device backend accelerator' })),
}) // prettier-ignore

/** Seeds are kept below 2^53 so that JSON carries them exactly. */
export const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** 2: texts are cut into symbols by tokenizer 2. 3: `task` stands beside `data`, where a key of `data` said it before. */
export const configVersion = 3

/** Options of a task's data; their schema stands in the task's row. */
export const dataSection = z.record(z.string().max(64), z.union([z.number(), z.boolean(), z.string()]))

export const runConfig = z.strictObject({
  version: z.literal(configVersion).default(configVersion),
  name: z
    .string()
    .default('')
    .meta(meta('Name', 'For your eyes; up to 200 characters. Left empty, one is made from the settings.')),
  preset: z.string().max(64).default(''),
  seed: seed.optional().meta(meta('Seed', 'Same seed, same bits. Left empty, one is drawn and recorded.')),
  task: z.string().max(64).optional(),
  data: dataSection.default({}),
  model: modelConfig.default(modelConfig.parse({})),
  train: trainConfig.default(trainConfig.parse({})),
})

/** What a user may hand in: every key optional. */
export type RunConfigInput = z.input<typeof runConfig>
/** Complete: defaults filled in, seed drawn. What is stored and trained. */
export type RunConfig = Omit<z.output<typeof runConfig>, 'seed' | 'task'> & { seed: number; task: string }
export type DataConfig = RunConfig['data']
/** The text that a run reads, if it reads one. */
export const datasetOf = ({ dataset }: DataConfig): string | undefined =>
  typeof dataset === 'string' ? dataset : undefined

export type ModelConfig = RunConfig['model']
export type TrainConfig = RunConfig['train']
export type CellOption = z.output<typeof cellOption>
