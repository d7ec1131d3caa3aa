import { Buffer } from "node:buffer"
import type { IncomingMessage } from "node:http"

const MAX_BYTES = 64 * 1024

/** A request body that cannot be read; the description is for the caller. */
export class BodyError extends Error {
  override readonly name = "BodyError"
  readonly status: 400 | 413

  constructor(status: 400 | 413, description: string) {
    super(description)
    this.status = status
  }
}

/** The parameters of a JSON or form body; a value that is no single text stays `undefined` under its name. */
export type Parameters = ReadonlyMap<string, string | undefined>

/** Reads a bounded body, JSON object or form, as the old endpoints accept both. */
export const readParameters = async (request: IncomingMessage): Promise<Parameters> => {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase()
  const text = await readText(request)
  if (type === "application/json") return fromJson(text)
  if (type === "application/x-www-form-urlencoded") return fromForm(text)
  throw new BodyError(400, "the body must be application/json or application/x-www-form-urlencoded")
}

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BYTES) throw new BodyError(413, `the body is larger than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

const fromJson = (text: string): Parameters => {
  const value = parseJson(text)
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BodyError(400, "the body must be a JSON object")
  }
  return new Map(Object.entries(value).map(([name, member]) => [name, typeof member === "string" ? member : undefined]))
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new BodyError(400, "the body is not valid JSON")
  }
}

const fromForm = (text: string): Parameters => {
  const form = new URLSearchParams(text)
  return new Map([...form.keys()].map((name) => [name, form.getAll(name).length === 1 ? form.get(name)! : undefined]))
}
