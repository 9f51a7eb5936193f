// Grayscale images: pixels for a canvas, a text for screen readers, and the share of equal pixels. Pure.
import type { GrayImage, GrayImages } from '@contract/run.ts'

/** RGBA bytes (4 * rows * columns), row by row: level 0 is black, levels - 1 white; invalid levels are black. */
export function grayBytes(
  { pixels }: GrayImage,
  { rows, columns, levels }: GrayImages,
): Uint8ClampedArray<ArrayBuffer> {
  const bytes = new Uint8ClampedArray(4 * rows * columns)
  for (let i = 0; i < rows * columns; i++) {
    const level = parseInt(pixels[i] ?? '0', 16) || 0
    bytes.fill(Math.round((255 * level) / (levels - 1)), 4 * i, 4 * i + 3)
    bytes[4 * i + 3] = 255
  }
  return bytes
}

/** Text of an image for screen readers: number, size, given rows, caption and mean brightness in percent. */
export function imageText(
  picture: GrayImage,
  index: number,
  { rows, columns, levels, pictures }: GrayImages,
): string {
  const total = Array.from(picture.pixels, (digit) => parseInt(digit, 16) || 0).reduce((s, x) => s + x, 0)
  const bright = Math.round((100 * total) / Math.max(1, picture.pixels.length * (levels - 1)))
  const parts = [
    `Image ${index + 1} of ${pictures.length}, ${columns} by ${rows} pixels`,
    picture.given ? `upper ${picture.given} rows given` : '',
    picture.caption ?? '',
    `brightness ${bright} %`,
  ]
  return parts.filter(Boolean).join(', ')
}

/** Share of the generated pixels that equal those of the originals, 0..1; null without generated pixels. */
export function equalShare(generated: GrayImages, originals: GrayImages): number | null {
  let [same, all] = [0, 0]
  generated.pictures.forEach(({ pixels, given = 0 }, b) => {
    for (let i = given * generated.columns; i < pixels.length; i++) {
      all++
      if (pixels[i] === originals.pictures[b]?.pixels[i]) same++
    }
  })
  return all > 0 ? same / all : null
}
