// What the beginning of a text looks like, and what is advised where it is read as running text.
import { describe, expect, it } from 'vitest'
import { formatAdvice } from '../../../src-main/contract/textFormat.ts'
import { textFormatOf } from '../../../src-main/engine/tasks/index.ts'

const lines = (...all: string[]) => `${all.join('\n')}\n`

describe('a text looks like', () => {
  it.each<[string, string, string, RegExp | undefined, string?]>([
    ['labelled lines', 'yelp.tsv', lines('neg\tbad food', 'pos\tgood', 'neg\tslow, bad', 'pos\tfine').repeat(3), /^labelled lines/, 'sequence-classification'],
    ['labelled lines that end with CR', 'a.txt', 'neg\tbad food\rpos\tgood\rneg\tslow\rpos\tfine\r', /^labelled lines/, 'sequence-classification'],
    ['pairs', 'deu.txt', lines('Go.\tGeh.', 'I see it.\tIch sehe es.', 'You run.\tDu rennst.', 'We eat here.\tWir essen.'), /^pairs/, 'sequence-to-sequence'],
    ['tagged words', 'brown.txt', lines('The/DT dog/NN ate/VBD ./.', 'A/DT cat/NN slept/VBD ./.').repeat(2), /^tagged words/, 'sequence-labelling'],
    ['CSV', 'x.csv', lines('id,text', '1,"a, b"', '2,c'), /CSV/, 'series-forecast'],
    ['CSV by its columns', 'x.txt', lines('id;text;n', '1;"a; b";2', '2;c;3', '3;d;4', '4;e;5', '5;f;6'), /CSV/, 'series-forecast'],
    ['TSV', 'x.tsv', lines('id\ttext\tn', '1\ta\t2', '2\tc\t3', '3\td\t4'), /TSV/],
    ['JSON lines', 'x.txt', lines('{"a": 1}', '{"a": 2}', '{"a": 3}'), /JSON, an object on every line/],
    ['JSON', 'x.txt', lines('[', '  {"text": "a"},', '  {"text": "b"}', ']'), /^JSON$/],
    ['a tree bank', 'wsj.mrg', lines('( (S (NP (DT The) (NN dog))', '     (VP (VBD ate))', '     (. .)) )').repeat(3), /tree bank/],
    ['trees on lines', 'sst.txt', lines('(3 (2 It) (4 (3 was) (3 good)))', '(1 (2 It) (1 (1 was) (1 bad)))', '(2 (2 So) (2 so))'), /tree bank/],
    ['CoNLL', 'eng.train', lines('EU NNP B-ORG', 'rejects VBZ O', '', 'Peter NNP B-PER', 'ran VBD O', ''), /CoNLL/],
    ['HTML', 'a.txt', lines('<!DOCTYPE html>', '<p>a</p>', ''), /HTML/],
    ['running text', 'a.txt', lines('It was a dark night, and the wind, which came, blew.', 'So, he said, and left, late.', '', '"Yes," she said, "we, too."'), undefined],
    ['running text with brackets', 'a.txt', lines('(He left.) So it was.', '(She did not.) And so.', 'It (the dog) ate.'), undefined],
    ['poems with slashes', 'a.txt', lines('and/or is a word', 'the sea / the sky', 'one more line'), undefined],
    ['an essay that begins with a bracket', 'a.txt', lines('[Illustration]', '', 'Chapter 1', '', 'It was.'), undefined],
    ['one line', 'a.txt', 'aaaa', undefined],
    ['nothing', 'a.txt', '', undefined],
  ])('%s', (_, name, beginning, title, task) => {
    const format = textFormatOf('', name, beginning)
    if (!title) return expect(format).toBeUndefined()
    expect(format?.title).toMatch(title)
    expect(format?.task).toBe(task)
  }) // prettier-ignore

  it('and is advised to be read by a reader that is there', () => {
    expect(
      formatAdvice({ id: 'labelled-lines', title: 'labelled lines', task: 'sequence-classification' }),
    ).toMatch(/set task to sequence-classification\.$/)
    expect(formatAdvice({ id: 'json', title: 'JSON' })).toMatch(/No task reads that format/)
  })
})
