import { HttpError } from "../errors/http-error.ts"

/** Reads a whole body as UTF-8 and gives up as soon as it is longer than allowed. Redirects are refused here as well. */
export const readBounded = async (response: Response, maxBytes: number, url: string): Promise<string> => {
  const reader = response.body?.getReader()
  const refuse = async (problem: string): Promise<never> => {
    await reader?.cancel().catch(() => undefined)
    throw new HttpError({ reason: { _tag: "MalformedResponse", url, problem } })
  }
  if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
    return refuse("it is a redirect, which is not followed")
  }
  const tooLarge = `it is longer than ${maxBytes} bytes`
  if (Number(response.headers.get("content-length")) > maxBytes) return refuse(tooLarge)
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined })
    } catch {
      return undefined
    }
  }
  let text = ""
  for (let size = 0; ;) {
    const { value } = (await reader?.read()) ?? {}
    size += value?.byteLength ?? 0
    if (size > maxBytes) return refuse(tooLarge)
    const decoded = decode(value)
    if (decoded === undefined) return refuse("it is not UTF-8")
    text += decoded
    if (value === undefined) return text
  }
}
