// A scene as one SVG file: selectable text, no scripts, fonts of the reader's machine.
import { columnWidth } from './heatScene.ts'
import { escapeMarkup } from './markup.ts'
import type { HeatLabel, HeatLine, HeatScene } from './scene.ts'
import { displayText } from './textLines.ts'

const round = (value: number): string => String(Number(value.toFixed(2)))

function labelText({ x, y, text, size, color, columns, align }: HeatLabel): string {
  const mono = columns === undefined ? '' : ` class="m" textLength="${round(columns * columnWidth)}"`
  const anchor = align ? ` text-anchor="${align}"` : ''
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${color}"${mono}${anchor}>${escapeMarkup(text)}</text>`
}

const lineText = ({ points, color, width }: HeatLine): string =>
  `<polyline points="${points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')}" fill="none" stroke="${color}" stroke-width="${width}"/>`

/** The text of the file, on white; `address` opens the same view. */
export function sceneSvg({ width, height, rects, lines = [], labels }: HeatScene, address?: string): string {
  const size = `${round(width)} ${round(height)}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${size}">`,
    '<style>rect{shape-rendering:crispEdges}text{font-family:system-ui,sans-serif;white-space:pre}.m{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}</style>',
    ...(address === undefined ? [] : [`<desc>${escapeMarkup(displayText(address))}</desc>`]),
    `<rect width="100%" height="100%" fill="white"/>`,
    ...rects.map(
      (one) =>
        `<rect x="${round(one.x)}" y="${round(one.y)}" width="${round(one.width)}" height="${round(one.height)}" fill="${one.color}"/>`,
    ),
    ...lines.map(lineText),
    ...labels.map(labelText),
    '</svg>',
    '',
  ].join('\n')
}
