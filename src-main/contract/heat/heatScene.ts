// A coloured text as rectangles and lines of monospace text on a light background, for SVG and PNG. Pure; draws nothing.
import { css, cssPalette, textColor } from './colormap.ts'
import { entriesOf, factsOf, ticksOf, type ColouredText } from './colouredText.ts'
import type { HeatRect, HeatScene } from './scene.ts'
import { columnsOf, displayText, isLineEnd, isPlain, layoutLines } from './textLines.ts'

/** Width of a column of 14 px monospace type, pixels. */
export const columnWidth = 8.4
const lineHeight = 24
const pad = 16
/** Columns of a line. */
const lineColumns = 100
const factHeight = 20
const barWidth = 255

/** The scene: facts and colour bar, below them the text in lines of at most 100 columns. */
export function heatScene(text: ColouredText): HeatScene {
  const scene: HeatScene = { width: 2 * pad + lineColumns * columnWidth, height: 0, rects: [], labels: [] }
  const ink = css(textColor('light'))
  const facts = factsOf(text)
  facts.forEach(([name, value], i) => {
    const y = pad + 14 + i * factHeight
    scene.labels.push({ x: pad, y, text: name, size: 13, color: 'rgb(90 95 105)' })
    scene.labels.push({ x: pad + 90, y, text: value, size: 13, color: ink })
  })
  const bar = pad + facts.length * factHeight + 4
  const colors = cssPalette(text.kind, 'light')
  for (let entry = 1; entry < 256; entry++)
    scene.rects.push({ x: pad + entry - 1, y: bar, width: 1, height: 10, color: colors[entry]! })
  ticksOf(text).forEach((tick, i) => {
    const place = ([{}, { align: 'middle' }, { align: 'end' }] as const)[i]
    const x = pad + (i * barWidth) / 2
    scene.labels.push({ x, y: bar + 24, text: tick, size: 11, color: ink, ...place })
  })
  addLines(scene, text, colors, bar + 36)
  return scene
}

function addLines(scene: HeatScene, text: ColouredText, colors: readonly string[], top: number): void {
  const { tokens, kind } = text
  const entries = entriesOf(text)
  const neutral = kind === 'gate' ? 1 : 128
  const { starts, count } = layoutLines(tokens, lineColumns, false)
  for (let line = 0; line < count; line++) {
    const y = top + line * lineHeight
    const pieces = tokens.slice(starts[line]!, starts[line + 1]).map(displayText)
    let column = 0
    let run: { entry: number; rect: HeatRect } | undefined
    pieces.forEach((piece, i) => {
      const entry = entries[starts[line]! + i]!
      const columns = isLineEnd(tokens[starts[line]! + i]!) ? 1 : columnsOf(piece)
      const width = columns * columnWidth
      if (run?.entry === entry) run.rect.width += width
      else if (entry === neutral) run = undefined
      else {
        const rect = {
          x: pad + column * columnWidth,
          y,
          width,
          height: lineHeight - 2,
          color: colors[entry]!,
        }
        run = { entry, rect }
        scene.rects.push(rect)
      }
      if (columns > 0) addPiece(scene, piece, column, y + 16, columns, !isPlain(piece) || i === 0)
      column += columns
    })
  }
  scene.height = top + count * lineHeight + pad
}

/** Adds a piece to the label of its line; a glyph of another width, and the first of a line, begin a label of their own. */
function addPiece(
  { labels }: HeatScene,
  piece: string,
  column: number,
  y: number,
  columns: number,
  alone: boolean,
): void {
  if (piece === '') return
  const last = labels.at(-1)
  if (!alone && last?.y === y && last.columns !== undefined && isPlain(last.text)) {
    last.text += piece
    last.columns += columns
    return
  }
  const color = css(textColor('light'))
  labels.push({ x: pad + column * columnWidth, y, text: piece, size: 14, color, columns })
}
