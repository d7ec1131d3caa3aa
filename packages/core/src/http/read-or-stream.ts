/** Reads a body of at most `maxBytes`; a longer one is returned as a stream. */
export const readOrStream = async (
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>> => {
  const reader = body.getReader()
  const chunks: Array<Uint8Array> = []
  for (let size = 0; size <= maxBytes;) {
    const { done, value } = await reader.read()
    if (done) return concat(chunks, size)
    chunks.push(value)
    size += value.byteLength
  }
  return new ReadableStream({
    pull: async (controller) => {
      const next = chunks.shift() ?? (await reader.read()).value
      if (next === undefined) controller.close()
      else controller.enqueue(next)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

const concat = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}
