import { Buffer } from "node:buffer"
import { subscribe } from "node:diagnostics_channel"
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http"
import type { Journal } from "./journal.ts"

/** Notes every token and secret that a server in this process receives or sends: issuers, foreign servers and APIs alike. */
export const wiretap = (journal: Journal): void => {
  const note = noteFields(journal)
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { readonly request: IncomingMessage; readonly response: ServerResponse }
    noteHeaders(journal, request.headers)
    note.parameters(queryOf(request.url ?? ""))
    collect(request, "push", (body) => note.body(body, request.headers["content-type"] ?? ""))
    answered(response, (headers, body) => {
      const location = String(headers["location"] ?? "")
      note.parameters(queryOf(location))
      note.parameters(location.split("#")[1] ?? "")
      for (const cookie of [headers["set-cookie"] ?? []].flat()) journal.secret("cookie", valueOf(String(cookie)))
      note.answer(body)
    })
  })
}

const queryOf = (url: string): string => (url.split("#")[0] ?? "").split("?").slice(1).join("?")
const valueOf = (cookie: string): string => cookie.split(";")[0]?.split("=").slice(1).join("=") ?? ""

const noteHeaders = (journal: Journal, { authorization = "", cookie = "", dpop }: IncomingMessage["headers"]): void => {
  const [scheme = "", value = ""] = authorization.split(" ")
  journal.secret(`Authorization: ${scheme}`, value)
  if (scheme.toLowerCase() === "basic") {
    const [, ...secret] = Buffer.from(value, "base64").toString().split(":")
    journal.secret("client_secret", secret.join(":"), decoded(secret.join(":")))
  }
  journal.secret("DPoP proof", dpop)
  journal.secret("cookie", ...cookie.split(";").map(valueOf))
}

const decoded = (text: string): string | undefined => new URLSearchParams(`value=${text}`).get("value") ?? undefined

const secretNames = new Set(
  [
    "access_token refresh_token id_token token id_token_hint logout_token",
    "password client_secret client_assertion assertion subject_token actor_token",
    "code code_verifier device_code device_secret",
  ].flatMap((line) => line.split(" ")),
)

const noteFields = (journal: Journal) => {
  const parameters = (text: string): void => {
    for (const [name, value] of new URLSearchParams(text)) if (secretNames.has(name)) journal.secret(name, value)
  }
  const members = (json: unknown, isAnswer: boolean, depth = 0): void => {
    if (typeof json !== "object" || json === null || depth > 9) return
    for (const [name, value] of Object.entries(json)) {
      // the old endpoints call the kind of an error its code
      if (secretNames.has(name) && !(isAnswer && name === "code")) journal.secret(name, value)
      members(value, isAnswer, depth + 1)
    }
  }
  const anywhere = (text: string): void => journal.secret("JWT", ...(text.match(/ey[\w-]+\.ey[\w-]+\.[\w-]+/g) ?? []))
  return {
    parameters,
    body: (text: string, type: string) => {
      if (type.includes("json")) members(parsed(text), false)
      else parameters(text)
      anywhere(text)
    },
    answer: (text: string) => {
      members(parsed(text), true)
      for (const [, name = "", value] of text.matchAll(/name="(\w+)"\s+value="([^"]*)"/g)) {
        if (secretNames.has(name)) journal.secret(name, value)
      }
      anywhere(text)
    },
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const longest = 1 << 18

/** Sees what goes into a stream without reading from it; tells at its end. */
export const collect = (stream: NodeJS.ReadableStream, method: "push", use: (text: string) => void): void => {
  const target = stream as unknown as { push: (chunk: unknown, ...rest: ReadonlyArray<unknown>) => boolean }
  const push = target[method].bind(target)
  let text = ""
  target[method] = (chunk, ...rest) => {
    if (chunk === null) use(text)
    else if (text.length < longest) text += textOf(chunk)
    return push(chunk, ...rest)
  }
}

const textOf = (chunk: unknown): string => {
  if (typeof chunk === "string") return chunk
  return chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : ""
}

type Passing = (...values: ReadonlyArray<unknown>) => unknown

const answered = (response: ServerResponse, use: (headers: OutgoingHttpHeaders, body: string) => void): void => {
  const target = response as unknown as Record<"end" | "write" | "writeHead", Passing>
  const { end, write, writeHead } = target
  let body = ""
  const given: OutgoingHttpHeaders = {}
  const add = (chunk: unknown): void => {
    if (body.length < longest) body += textOf(chunk)
  }
  target.writeHead = (...values) => {
    Object.assign(given, ...values.filter((value) => typeof value === "object" && !Array.isArray(value)))
    return writeHead.apply(response, [...values])
  }
  target.write = (...values) => {
    add(values[0])
    return write.apply(response, [...values])
  }
  target.end = (...values) => {
    add(values[0])
    use({ ...response.getHeaders(), ...lowerCased(given) }, body)
    return end.apply(response, [...values])
  }
}

const lowerCased = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
