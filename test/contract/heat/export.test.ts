// Files of a coloured text: what is in them, and that no name or text can become markup, a script, a formula or a broken file.
import { describe, expect, it } from 'vitest'
import { csvCell } from '@contract/csv.ts'
import { indexOf, palette, css } from '@contract/heat/colormap.ts'
import { clippedShare, colouredTextCsv, factsOf, type ColouredText } from '@contract/heat/colouredText.ts'
import { contextsCsv, effectsCsv, rankingCsv } from '@contract/heat/findingTables.ts'
import { heatHtml } from '@contract/heat/heatHtml.ts'
import { columnWidth, heatScene } from '@contract/heat/heatScene.ts'
import { heatSvg } from '@contract/heat/heatSvg.ts'
import { fakeCard } from '../../standIn/unitCard.ts'

const text = (tokens: string[], more: Partial<ColouredText> = {}): ColouredText => ({
  run: 'prose 1',
  step: 2000,
  layer: 0,
  signal: 'c',
  unit: 90,
  kind: 'free',
  lo: -2,
  hi: 2,
  tokens,
  values: Float32Array.from(tokens, (_, t) => [0, 1, -1, 2.5][t % 4]!),
  surprisal: Float32Array.from(tokens, (_, t) => (t === 0 ? NaN : 1)),
  offset: 0,
  ...more,
})
/** The scheme of addresses that run as a script, in two parts. */
const script = ['java', 'script:'].join('')
const hostile = '<script>alert(1)</script>"\'&amp;\u202e\u0000]]>-->\ud800'
const decoded = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
const tagsOf = (markup: string) => new Set([...markup.matchAll(/<\/?([a-z]+)/g)].map((found) => found[1]!))

describe('the page', () => {
  it('is whole by itself: text that is copied as it was, legend, colours, no script and no address to load', () => {
    const tokens = [...'He said "no".\nYes <b>']
    const html = heatHtml(text(tokens, { address: 'http://127.0.0.1:4000/#/neurons/x?unit=90&step=2000' }))
    expect(decoded(/<pre>([\s\S]*)<\/pre>/.exec(html)![1]!)).toBe(tokens.join(''))
    for (const [, value] of factsOf(text(tokens))) expect(decoded(html)).toContain(value)
    expect(html).toContain(`.v255{background:${css(palette('free', 'light')[255]!)}}`)
    expect(html).toContain("default-src 'none'")
    expect(tagsOf(html)).not.toContain('script')
    expect(html).not.toMatch(/ (src|onload|onclick)=|url\(|@import/)
    expect([...html.matchAll(/href="([^"]*)"/g)].map((found) => found[1])).toEqual([
      'http://127.0.0.1:4000/#/neurons/x?unit=90&amp;step=2000',
    ])
  })

  it('escapes names, predicates and texts, and links to no script', () => {
    const hurt = text([...hostile], {
      run: hostile,
      predicate: hostile,
      signal: '<i>',
      address: `${script}alert(1)`,
    })
    const html = heatHtml(hurt)
    for (const tag of ['script', 'i', 'a']) expect(tagsOf(html)).not.toContain(tag)
    expect(html).not.toContain(script)
    expect(html).not.toMatch(/[\u0000\u202e]/) // eslint-disable-line no-control-regex
    expect(html.isWellFormed()).toBe(true)
  })
})

describe('the SVG', () => {
  it('has a rectangle of the colour of each run and the lines of the text', () => {
    const svg = heatSvg(text([...'aabb']))
    const fills = [...svg.matchAll(/y="\d+" width="8.4" height="22" fill="([^"]+)"/g)].map(
      (found) => found[1],
    )
    const colors = palette('free', 'light')
    // Zero is the background and needs none.
    expect(fills).toEqual([1, -1, 2.5].map((value) => css(colors[indexOf(value, 'free', -2, 2)]!)))
    expect(svg).toContain(`textLength="${4 * columnWidth}">aabb</text>`)
  })

  it('is well formed whatever the names and the text are', () => {
    const svg = heatSvg(text([...hostile], { run: hostile, predicate: hostile, address: hostile }))
    expect(tagsOf(svg)).toEqual(new Set(['svg', 'style', 'desc', 'rect', 'text']))
    expect(svg).not.toMatch(/[\u0000-\u0008\u202e\ufffe]/) // eslint-disable-line no-control-regex
    expect(svg).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/)
    expect(svg.isWellFormed()).toBe(true)
  })

  it('sets wide glyphs on two columns and breaks lines after 100 columns', () => {
    const wide = heatScene(text(['a', '漢', 'b'])).labels.slice(-3)
    expect(wide.map(({ x, text: shown }) => [Math.round((x - 16) / columnWidth), shown])).toEqual([
      [0, 'a'],
      [1, '漢'],
      [3, 'b'],
    ])
    const long = heatScene(text(Array.from({ length: 250 }, () => 'x')))
    expect(new Set(long.rects.filter(({ height }) => height === 22).map(({ y }) => y)).size).toBe(3)
    expect(long.labels.at(-1)!.text).toHaveLength(50)
  })
})

describe('tables', () => {
  it('have a row per symbol with the position in the validation text', () => {
    expect(colouredTextCsv(text(['=', ',', '\n'], { offset: 40 }))).toBe(
      'position,symbol,value,surprisal\r\n40,\'=,0,\r\n41,",",1,1\r\n42,"\n",-1,1\r\n',
    )
  })

  it('name layers from 1 and are never formulas', () => {
    const ranking = {
      kind: 'boolean',
      predicate: '=HYPERLINK("x")',
      positions: 10,
      positives: 3,
      units: 4,
      step: 7,
      nullAuc: 0.55,
      controlAuc: 0.7,
      dense: { layer: 0, signal: 'c', auc: 1, controlAuc: 0.9 },
      scores: [{ layer: 0, signal: 'c', unit: 2, auc: 0.99, f1: 0.9, sign: -1, threshold: 0.5 }],
    } as const
    expect(rankingCsv({ ...ranking, scores: [...ranking.scores] }).split('\r\n')[1]).toBe(
      `"'=HYPERLINK(""x"")",7,1,c,2,0.99,0.9,-1,0.5,0.55,0.7`,
    )
    const effect = {
      step: 7,
      positions: 9,
      predicate: 'quote',
      loss: 1.5,
      classes: [{ name: '"', held: true, count: 3, loss: 2 }],
      effects: [{ interventions: ['L1.c[0]=flip'], all: 0.1, classes: [0.25] }],
    }
    expect(effectsCsv(effect).split('\r\n').slice(1, 3)).toEqual([
      '7,L1.c[0]=flip,all,,9,1.5,0.1',
      '7,L1.c[0]=flip,"""",holds,3,2,0.25',
    ])
    expect(['=1', '+1', '-a', '@x', '\tx'].map(csvCell)).toEqual(["'=1", "'+1", "'-a", "'@x", "'\tx"])
  })

  it('give each context with the text before and after', () => {
    const card = fakeCard({ layer: 1, signal: 'c', unit: 3 } as never)
    const lines = contextsCsv(card).split('\r\n')
    expect(lines[0]).toBe('layer,signal,unit,list,position,value,before,symbol,after')
    expect(lines.length).toBeGreaterThan(card.top.length + 1)
    expect(lines[1]).toMatch(/^2,c,3,largest,\d+,/)
  })
})

it('counts the share of finite values outside of the range', () => {
  expect(clippedShare(text(['a', 'b', 'c', 'd']))).toBe(0.25)
  expect(clippedShare(text(['a', 'b'], { values: Float32Array.of(NaN, 1) }))).toBe(0)
})
