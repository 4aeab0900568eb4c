/**
 * Long values of policies and requests, as people are shown them: of a digest its two ends are enough
 * to tell it by, of a long name the beginning and the end.
 */

/** Ours: the lengths from which a value is shortened. */
const longDigest = 64
const longName = 160

export function shortened(text: string): string {
  if (text.length > longDigest && /^[\w+/=-]+$/.test(text)) return ends(text, 16, 8)
  return text.length > longName ? ends(text, 100, 40) : text
}

function ends(text: string, first: number, last: number): string {
  // By characters, so that none is cut in half.
  const characters = Array.from(text)
  if (characters.length <= first + last) return text
  return `${characters.slice(0, first).join('')}…${characters.slice(-last).join('')}`
}
