// BLEU and chrF against sacreBLEU (test/fixtures/textScores.json, written by scripts/oracle/textScores.py).
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { bleu, bleuCounts, chrf, chrfCounts } from '../../../src-main/engine/data/textScores.ts'

const corpora = JSON.parse(
  readFileSync(new URL('../../fixtures/textScores.json', import.meta.url), 'utf8'),
) as { name: string; pairs: [output: string, reference: string][]; bleu: number; chrf: number }[]
const added = (rows: number[][]) => rows.reduce((a, b) => a.map((v, i) => v + b[i]!))

it.each(corpora)('$name', (corpus) => {
  const { pairs } = corpus
  const symbols = pairs.map(([a, b]) => bleuCounts(a.split(' '), b.split(' ')))
  expect(bleu(added(symbols))).toBeCloseTo(corpus.bleu, 9)
  expect(chrf(added(pairs.map(([a, b]) => chrfCounts(a, b))))).toBeCloseTo(corpus.chrf, 9)
})
