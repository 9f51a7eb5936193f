// Exports a chart: CSV of all points in view, PNG with title, legend and the note on thinning and smoothing.
import type { LegendEntry } from './lines.ts'

/** Downloads a file as `name`; control characters and path separators in the name become dashes. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a')
  const address = URL.createObjectURL(content)
  link.href = address
  link.download = fileName(name)
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** A file name without characters that file systems or shells treat specially. */
export const fileName = (name: string): string =>
  name
    .replace(/[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]+/gu, '-')
    .replace(/^[.\s-]+|[.\s]+$/g, '')
    .slice(0, 120) || 'chart'

export interface Picture {
  canvas: HTMLCanvasElement
  title: string
  note: string
  legend: LegendEntry[]
  ink: { text: string; muted: string; surface: string; font: string }
}

/** Draws the canvas at twice its size on the background of the theme, with title, legend and note. */
export function pictureOf({ canvas, title, note, legend, ink }: Picture): Promise<Blob | null> {
  const scale = canvas.width / canvas.clientWidth
  const pad = 12
  const rows = Math.ceil(legend.length / 4)
  const width = canvas.clientWidth + pad * 2
  const height = canvas.clientHeight + 56 + rows * 18 + pad
  const page = document.createElement('canvas')
  page.width = width * scale
  page.height = height * scale
  const draw = page.getContext('2d')!
  draw.scale(scale, scale)
  draw.fillStyle = ink.surface
  draw.fillRect(0, 0, width, height)
  draw.fillStyle = ink.text
  draw.font = `600 13px ${ink.font}`
  draw.fillText(title, pad, pad + 12)
  draw.drawImage(canvas, pad, pad + 24, canvas.clientWidth, canvas.clientHeight)
  draw.font = `12px ${ink.font}`
  const top = pad + 24 + canvas.clientHeight + 16
  const column = (width - pad * 2) / Math.min(4, Math.max(1, legend.length))
  legend.forEach((entry, i) => {
    const [x, y] = [pad + (i % 4) * column, top + Math.floor(i / 4) * 18]
    draw.strokeStyle = entry.color ?? ink.text
    draw.lineWidth = 2.5
    draw.setLineDash(entry.dash)
    draw.beginPath()
    draw.moveTo(x, y - 4)
    draw.lineTo(x + 18, y - 4)
    draw.stroke()
    draw.fillStyle = ink.text
    draw.fillText(entry.label, x + 24, y, column - 30)
  })
  draw.fillStyle = ink.muted
  draw.font = `11px ${ink.font}`
  draw.fillText(note, pad, top + rows * 18, width - pad * 2)
  return new Promise((resolve) => page.toBlob(resolve, 'image/png'))
}
