// The first strip of predicted frames as images for the terminal: truth, output and free running, one below the other.
import type { FrameStrips, GrayImages } from '../../../contract/run.ts'

/** Frames of a strip that are printed. */
const shown = 6

/** The rows of images, each with its title. */
export function frameImages({
  height,
  width,
  levels,
  strips,
}: FrameStrips): { title: string; images: GrayImages }[] {
  const [first] = strips
  if (!first) return []
  const imagesOf = (frames: readonly string[]): GrayImages => ({
    rows: height,
    columns: width,
    levels,
    pictures: frames.slice(0, shown).map((pixels) => ({ pixels })),
  })
  return [
    { title: 'true frames', images: imagesOf(first.truth) },
    { title: 'predicted from the true frames before', images: imagesOf(first.output) },
    { title: 'running freely, predictions fed back', images: imagesOf(first.free) },
  ]
}
