/**
 * A path as written and as successive servers may decode it, one character per byte; `undefined` if it has a backslash,
 * a control character or too many layers of encoding.
 */
export const decodings = (path: string): ReadonlyArray<string> | undefined => {
  const layers: Array<string> = []
  for (let text = path; layers.at(-1) !== text; text = decode(text)) {
    if (layers.length > maxLayers || !plain.test(text)) return undefined
    layers.push(text)
  }
  return layers
}

const maxLayers = 4
const plain = /^[\x20-\x5b\x5d-\x7e\x80-\uffff]*$/

const decode = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)))
