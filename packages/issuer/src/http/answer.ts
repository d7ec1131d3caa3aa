import type { ServerResponse } from "node:http"

/** A JSON answer that nobody may keep (RFC 6749 §5.1). */
export interface Answer {
  readonly status: number
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
}

export const send = (response: ServerResponse, { status, body, headers }: Answer): void => {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    pragma: "no-cache",
    ...headers,
  })
  response.end(JSON.stringify(body))
}

export const errorAnswer = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description },
})
