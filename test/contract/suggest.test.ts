// Names that PyTorch, Keras and others use find the option here, in files and in the terminal.
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src-main/engine/config.ts'
import { groupNames, optionGroups } from '../../src-main/contract/config.ts'
import { fieldsOf } from '../../src-main/contract/fields.ts'
import { synonymOf } from '../../src-main/contract/suggest.ts'
import { catalog } from '../../src-main/engine/index.ts'
import { cellById } from '../../src-main/engine/cells/index.ts'
import { settingOf } from '../../src-main/shells/cli/trainConfig.ts'

const synonyms = [
  ['learning_rate', 'optimizer.lr'], ['learningRate', 'optimizer.lr'], ['LearningRate', 'optimizer.lr'], ['eta', 'optimizer.lr'], ['batch_size', 'train.batch'],
  ['hidden_size', 'model.hidden'], ['units', 'model.hidden'], ['num_layers', 'model.layers'], ['dropout_rate', 'regularization.dropout'],
  ['num_epochs', 'train.epochs'], ['weight_decay', 'optimizer.weightDecay'], ['grad_clip', 'optimizer.clipNorm'], ['max_grad_norm', 'optimizer.clipNorm'],
  ['clipvalue', 'optimizer.clipValue'], ['embedding_dim', 'model.embedding'], ['seq_length', 'train.window'], ['optim', 'optimizer.name'],
  ['lr_scheduler', 'schedule.name'], ['rnn_type', 'model.cell'], ['vocab_size', 'data.vocabulary'], ['random_seed', 'seed'],
] as const // prettier-ignore

describe('a name of another program', () => {
  it.each(synonyms)('%s is %s', (word, path) => {
    const all = catalog()
    for (const at of [word, `train.${word}`, `model.${word}`])
      expect(() => settingOf(all, `${at}=1`)).toThrow(`did you mean ${path}?`)
    expect(() => parseConfig({ train: { [word]: 1 } })).toThrow(`did you mean ${path}?`)
    expect(() => parseConfig({ [word]: 1 })).toThrow(`did you mean ${path}?`)
  })

  it('belongs to one option of a group', () => {
    for (const fields of groupNames.map((group) => fieldsOf(optionGroups[group], group)))
      for (const { path, also = '' } of fields)
        for (const word of also.split(' ').filter(Boolean))
          expect([word, synonymOf(word, fields)]).toEqual([word, path])
  })

  it('is a slip of the pen last', () => {
    expect(() => settingOf(catalog(), 'train.lerning_rate=1')).toThrow('did you mean optimizer.lr?')
    expect(() => settingOf(catalog(), 'train.stpes=1')).toThrow('did you mean train.steps?')
    expect(() => settingOf(catalog(), 'train.qqqqqqqqq=1')).toThrow('"unroll catalog" lists all keys')
  })

  it.each([
    ['esn', /echo state networks are not here; known cells: .*rnn/],
    ['transformer', /transformer is not here; known cells/],
    ['simplernn', /did you mean rnn\?/],
    ['cudnnlstm', /did you mean lstm\?/],
    ['gur', /did you mean gru\?/],
    ['xyz', /there is no cell "xyz"; known cells/],
  ])('of a cell: %s', (id, message) => expect(() => cellById(id)).toThrow(message))
})
