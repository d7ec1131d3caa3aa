import { HttpError } from "../errors/http-error.ts"

/** Reads a whole body as UTF-8 and gives up as soon as it is longer than allowed. Redirects are refused here as well. */
export const readBounded = async (response: Response, maxBytes: number, url: string): Promise<string> => {
  const refuse = async (problem: string, unread: ReadableStream | null = response.body): Promise<never> => {
    await unread?.cancel().catch(() => undefined)
    throw new HttpError({ reason: { _tag: "MalformedResponse", url, problem } })
  }
  if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
    return refuse("it is a redirect, which is not followed")
  }
  const tooLarge = `it is longer than ${maxBytes} bytes`
  if (Number(response.headers.get("content-length")) > maxBytes) return refuse(tooLarge)
  const body = response.body === null ? new Uint8Array() : await readOrStream(response.body, maxBytes)
  if (body instanceof ReadableStream) return refuse(tooLarge, body)
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body)
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

const concat = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}
