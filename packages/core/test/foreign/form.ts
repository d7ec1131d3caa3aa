import type { IncomingMessage } from "node:http"

/** What a server says when it refuses. */
export class Refused extends Error {
  readonly status: number
  readonly error: string
  constructor(status: number, error: string, description: string) {
    super(description)
    this.status = status
    this.error = error
  }
}

export const invalidRequest = (description: string): Refused => new Refused(400, "invalid_request", description)

export type Form = ReadonlyMap<string, ReadonlyArray<string>>

/** RFC 8707 §2 and RFC 8693 §2.1 let these repeat; by RFC 6749 §3.2 no other parameter may. */
const repeatable = new Set(["audience", "resource"])

/** A posted form, strictly as RFC 6749 §3.2 and appendix B have it. */
export const readForm = async (request: IncomingMessage): Promise<Form> => {
  if (request.method !== "POST") throw new Refused(405, "invalid_request", "POST is needed (RFC 6749 §3.2)")
  if (request.url?.includes("?")) throw invalidRequest("parameters must not be in the URL (RFC 6749 §2.3.1)")
  const type = request.headers["content-type"]?.split(";")[0]?.trim()
  if (type !== "application/x-www-form-urlencoded") throw invalidRequest(`the content type is ${type}`)
  const form = new Map<string, Array<string>>()
  for (const [name, value] of new URLSearchParams(await readText(request))) {
    // RFC 6749 §3.2: without a value it counts as omitted
    if (value === "") continue
    const values = form.get(name)
    if (values !== undefined && !repeatable.has(name)) throw invalidRequest(`${name} is there twice (RFC 6749 §3.2)`)
    form.set(name, [...(values ?? []), value])
  }
  return form
}

/** The legacy endpoints take JSON as well. */
export const readLegacy = async (request: IncomingMessage): Promise<Form> => {
  if (request.headers["content-type"]?.startsWith("application/json") !== true) return readForm(request)
  const body = JSON.parse(await readText(request)) as Record<string, unknown>
  return new Map(Object.entries(body).map(([name, value]) => [name, [String(value)]]))
}

export const one = (form: Form, name: string): string | undefined => form.get(name)?.[0]

export const required = (form: Form, name: string): string => {
  const value = one(form, name)
  if (value === undefined) throw invalidRequest(`missing ${name} parameter`)
  return value
}

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Uint8Array> = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString("utf8")
}
