import { HttpError } from "../errors/http-error.ts"

export interface Bounds {
  readonly maxBytes: number
  /** For messages. */
  readonly url: string
}

/** Reads a whole body as UTF-8 and rejects as soon as it is too long. Redirects are refused here as well. */
export const readBounded = async (response: Response, bounds: Bounds): Promise<string> => {
  const reader = response.body?.getReader()
  try {
    const decode = boundedDecoder(response.status, bounds)
    let text = ""
    for (let part; (part = (await reader?.read())?.value);) text += decode(part)
    return text + decode()
  } finally {
    reader?.cancel().catch(() => undefined)
  }
}

/**
 * The rules of `readBounded` for answers that are not a `Response`: takes the chunks of a body, throws an `HttpError`.
 */
export const boundedDecoder = (status: number, { maxBytes, url }: Bounds): ((bytes?: Uint8Array) => string) => {
  const refuse = (problem: string): never => {
    throw new HttpError({ reason: { _tag: "MalformedResponse", url, problem } })
  }
  // browsers hide the status of a redirect that is not followed
  if (status === 0 || (status >= 300 && status < 400)) refuse("it is a redirect, which is not followed")
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  let size = 0
  return (bytes) => {
    size += bytes?.byteLength ?? 0
    if (size > maxBytes) refuse(`it is longer than ${maxBytes} bytes`)
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined })
    } catch {
      return refuse("it is not UTF-8")
    }
  }
}
