import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http"
import { text } from "node:stream/consumers"

export interface Question {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Lets go of a connection long before a server does: one must not close just when it is used again. */
const agent = new Agent({ keepAlive: true, timeout: 1000 })

/** Asks a server on loopback, follows nothing, waits as long as it takes. */
export const ask = (port: number, path: string, question: Question = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body = "" } = question
    const length = body === "" ? {} : { "content-length": Buffer.byteLength(body) }
    const asked = request({ host: "127.0.0.1", port, path, method, agent, headers: { ...headers, ...length } })
    asked.once("error", reject)
    asked.once("response", (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      )
    })
    asked.end(body)
  })
