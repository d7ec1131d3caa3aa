import { HttpError } from "../errors/http-error.ts"

/** Reads a whole body as UTF-8 and gives up as soon as it is longer than allowed. Redirects are refused here as well. */
export const readBounded = async (response: Response, maxBytes: number, url: string): Promise<string> => {
  const refuse = async (problem: string): Promise<never> => {
    await response.body?.cancel().catch(() => undefined)
    throw new HttpError({ reason: { _tag: "MalformedResponse", url, problem } })
  }
  if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
    return refuse("it is a redirect, which is not followed")
  }
  const tooLarge = `it is longer than ${maxBytes} bytes`
  if (Number(response.headers.get("content-length")) > maxBytes) return refuse(tooLarge)
  const chunks: Array<Uint8Array> = []
  let size = 0
  for await (const chunk of chunksOf(response)) {
    size += chunk.byteLength
    if (size > maxBytes) return refuse(tooLarge)
    chunks.push(chunk)
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(concat(chunks, size))
  } catch {
    return refuse("it is not UTF-8")
  }
}

/** A body that is not longer than this; else the same as a stream, of which no more has been read. */
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

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body === null) return
  const reader = response.body.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    reader.releaseLock()
  }
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
