import type { IncomingMessage } from "node:http"
import { decodeJwt, decodeProtectedHeader, jwtVerify } from "jose"
import { type Form, invalidRequest, one, Refused } from "./form.ts"
import { clients, type ForeignClient } from "./registry.ts"
import type { State } from "./state.ts"

/** Who asks (RFC 6749 §2.3): exactly one method, and a client that has a credential must use it. */
export const authenticate = async (state: State, request: IncomingMessage, form: Form): Promise<ForeignClient> => {
  const header = request.headers.authorization
  const used = [header, one(form, "client_secret"), one(form, "client_assertion")].filter((each) => each !== undefined)
  if (used.length > 1) throw invalidRequest("more than one client authentication method (RFC 6749 §2.3)")
  if (header !== undefined) return byHeader(header, one(form, "client_id"))
  if (one(form, "client_assertion") !== undefined) return byAssertion(state, form)
  const client = clients.get(one(form, "client_id") ?? "")
  if (client?.secret === undefined || client.secret !== one(form, "client_secret")) throw notAuthenticated()
  return client
}

const byHeader = (header: string, named: string | undefined): ForeignClient => {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1]
  if (encoded === undefined) throw notAuthenticated()
  const [id, secret, ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":")
  if (id === undefined || secret === undefined || rest.length > 0) throw notAuthenticated()
  const client = clients.get(formDecoded(id))
  if (client?.secret === undefined || client.secret !== formDecoded(secret)) throw notAuthenticated()
  if (named !== undefined && named !== client.id) throw invalidRequest("client_id names another client")
  return client
}

/** RFC 6749 appendix B: what the specification forbids to be there unencoded is refused. */
const formDecoded = (text: string): string => {
  if (!/^[A-Za-z0-9*._+%-]*$/.test(text)) throw notAuthenticated()
  return decodeURIComponent(text.replaceAll("+", " "))
}

/** RFC 7523 §3 with RFC 10070: the issuer is the sole audience, and an assertion works once. */
const byAssertion = async (state: State, form: Form): Promise<ForeignClient> => {
  if (one(form, "client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
    throw invalidRequest("client_assertion_type is not jwt-bearer (RFC 7523 §2.2)")
  }
  const assertion = one(form, "client_assertion") ?? ""
  try {
    const claims = decodeJwt(assertion)
    const client = clients.get(claims.sub ?? "")
    if (client?.publicKey === undefined || decodeProtectedHeader(assertion).typ !== "client-authentication+jwt") {
      throw new Error("unknown")
    }
    const options = { issuer: client.id, subject: client.id, algorithms: ["ES256"], requiredClaims: ["exp", "jti"] }
    await jwtVerify(assertion, client.publicKey, options)
    if (claims.aud !== state.issuer || state.seenJti.has(claims.jti ?? "")) throw new Error("audience or replay")
    if (one(form, "client_id") !== undefined && one(form, "client_id") !== client.id) throw new Error("client_id")
    state.seenJti.add(claims.jti ?? "")
    return client
  } catch {
    throw notAuthenticated()
  }
}

const notAuthenticated = (): Refused => new Refused(401, "invalid_client", "client authentication failed")
