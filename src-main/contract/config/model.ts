// Options of the network: its cell, layers, inputs and initial weights.
import { z } from 'zod'
import { meta, needs } from '../fieldMeta.ts'

export const cellOption = z.union([z.number(), z.boolean(), z.string().max(64)])

/** `model.hidden` counts where `model.layers` is one of these. */
const layerCounts = Array.from({ length: 16 }, (_, i) => String(i + 1))

const layersMustBe = 'must be 1 to 16 layers, or sizes from the bottom up such as 400/300/200/100'

/** 1 to 16 layers of `hidden` units each, or the size of each layer from the bottom up: 400/300/200/100. */
const layers = z
  .union([z.int().min(1).max(16), z.string().regex(/^[1-9]\d{0,4}(\/[1-9]\d{0,4}){1,15}$/)], layersMustBe)
  .default(1)

export const modelConfig = z.strictObject({
  cell: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/).default('lstm').meta(meta('Cell', 'The recurrent unit.', { also: 'cell_type rnn_type model_type type arch architecture' })),
  hidden: z.int().min(1).max(16384).default(128).meta(meta('Hidden units', 'Size of the hidden state of every layer, where Layers is a number.', { scale: 'log', when: { path: 'model.layers', in: layerCounts }, also: 'hidden_size hidden_dim hidden_units units num_units n_hidden nhid rnn_size state_size d_model' })),
  layers: layers.meta(meta('Layers', 'Number of stacked layers, each reading the one below; or the size of each from the bottom up, such as 400/300/200/100.', { also: 'num_layers n_layers nlayers num_hidden_layers depth sizes' })),
  hiddenReadout: z.int().min(0).max(16384).default(0).meta(meta('Hidden layer before output', 'Units of a tanh layer between the top recurrent layer and the output layer; 0: none.')),
  bidirectional: z.boolean().default(false).meta(meta('Bidirectional', 'Every layer also reads the sequence from its end; the layer above and the output layer read both (Schuster & Paliwal 1997). Not where the next symbol is to be predicted.', { also: 'bidir', when: [needs('readsAhead'), { path: 'train.bptt', in: ['full'] }] })),
  subsample: z.int().min(1).max(16).default(1).meta(meta('Subsampling', 'Every layer reads its input in windows of this many steps, so L layers shorten the sequence by this to the power of L (Graves 2012, hierarchical subsampling). For tasks with one answer per sequence. 1: off.', { when: needs('answersAfterReading') })),
  input: z.enum(['embedding', 'onehot']).default('embedding').meta(meta('Input', 'How a symbol is read.', { values: { embedding: 'as a learned vector', onehot: 'as one input line per symbol' }, when: needs('symbols') })),
  embedding: z.int().min(1).max(4096).default(32).meta(meta('Embedding size', 'Length of the learned vector of a symbol.', { scale: 'log', when: { path: 'model.input', in: ['embedding'] }, also: 'embedding_dim embedding_size embed_dim emb_size emsize d_embed' })),
  residual: z.boolean().default(false).meta(meta('Residual links', 'The output of each layer above the first is h plus the output of the layer below (before dropout), where their sizes are equal (He et al. 2016, Wu et al. 2016).')),
  pooling: z.enum(['last', 'mean', 'max', 'attention']).default('last').meta(meta('Pooling', 'How one vector per sequence is computed from the states of all steps.', { values: { last: 'the state after the last step', mean: 'the mean of each unit over all steps', max: 'the largest value of each unit over all steps', attention: 'a mean with learnt weights (Bahdanau et al. 2015, Yang et al. 2016)' }, when: needs('oneAnswer') })),
  attention: z.enum(['none', 'additive', 'multiplicative']).default('none').meta(meta('Attention', 'Which outputs of the encoder the decoder reads at each step, as a mean with weights that sum to 1.', { values: { none: 'the decoder starts from the last states of the encoder and reads nothing else of it', additive: 'weights from the state before the step, v . tanh(W q + U k); the mean is an input of the cell and of the output layer (Bahdanau, Cho & Bengio 2015)', multiplicative: 'weights from the output of the step, q . W k ("general"); the output layer reads tanh(W [mean; output]) (Luong, Pham & Manning 2015)' }, when: needs('encodesPairs'), also: 'attention_type attn attn_model use_attention global_attention attention_mechanism' })),
  embeddingInit: z.enum(['auto', 'normal', 'uniform']).default('auto').meta(meta('Initial embedding', 'How the vectors of symbols start.', { values: { auto: 'U(-0.05, 0.05) for the words of labelled lines, tagged lines and pairs, most of which are rare; N(0, 1) for all else. Measured on held-out data: film sentences 0.75 right against 0.67 with N(0, 1), tags of a news corpus 0.86 against 0.78; but the words of Moby Dick, predicted one by one, cost 0.1 nats less with N(0, 1), characters 0.2', normal: 'N(0, scale^2)', uniform: 'U(-scale, scale)' }, when: { path: 'model.input', in: ['embedding'] } })),
  embeddingScale: z.number().positive().max(100).default(0.1).meta(meta('Embedding scale', 'normal: standard deviation of the first values. uniform: their largest magnitude.', { scale: 'log', when: { path: 'model.embeddingInit', in: ['normal', 'uniform'] } })),
  init: z.enum(['default', 'uniform', 'xavier', 'orthogonal', 'identity']).default('default').meta(meta('Initial weights', 'Of input, recurrent and output matrices, gate by gate.', { labels: { default: 'default', uniform: 'uniform', xavier: 'Xavier', orthogonal: 'orthogonal', identity: 'identity' }, values: { default: 'what the cell\'s paper or usual practice takes', uniform: 'U(-1/sqrt(fan in), 1/sqrt(fan in))', xavier: 'U(±sqrt(6 / (fan in + fan out)))', orthogonal: 'orthonormal rows or columns', identity: 'recurrent matrices only' }, also: 'initializer kernel_initializer recurrent_initializer weight_init' })),
  recurrentInit: z.enum(['same', 'default', 'uniform', 'xavier', 'orthogonal', 'identity']).default('same').meta(meta('Initial recurrent weights', 'Of recurrent matrices. Unless it is same, Initial weights applies to input and output matrices alone; Keras uses Xavier there and orthogonal here.', { labels: { same: 'same', default: 'default', uniform: 'uniform', xavier: 'Xavier', orthogonal: 'orthogonal', identity: 'identity' }, values: { same: 'as the initial weights', default: 'what the cell\'s paper or usual practice takes', uniform: 'U(-1/sqrt(fan in), 1/sqrt(fan in))', xavier: 'U(±sqrt(6 / (fan in + fan out)))', orthogonal: 'orthonormal rows or columns', identity: 'the identity' } })),
  options: z.record(z.string().max(32), cellOption).default({}).meta(meta('Cell options', 'Options of the chosen cell.')),
}) // prettier-ignore
