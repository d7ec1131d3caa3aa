/** The parts of a request that may hold secrets. */
export interface SentRequest {
  readonly params: ReadonlyArray<readonly [name: string, value: string]>
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Every secret of a request, in every spelling in which a server may echo it, the longest first. */
export const secretsOf = ({ params, headers = {} }: SentRequest): ReadonlyArray<string> => {
  const inBody = params.filter(([name]) => secretNames.has(name)).map(([, value]) => value)
  const secrets = [...inBody, ...basicSecrets(headers["authorization"])].flatMap((secret) => [
    secret,
    formEncoded(secret),
    encodeURIComponent(secret),
  ])
  return [...new Set(secrets)].filter((secret) => secret.length > 2).sort((one, other) => other.length - one.length)
}

/** RFC 6749 appendix B */
export const formEncoded = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1)

const secretNames = new Set([
  "actor_token",
  "assertion",
  "client_assertion",
  "client_secret",
  "code",
  "code_verifier",
  "device_code",
  "id_token",
  "password",
  "refresh_token",
  "subject_token",
  "token",
])

/** The base64 of `Basic base64(id:secret)`, and the secret, form-encoded. */
const basicSecrets = (authorization: string | undefined): ReadonlyArray<string> => {
  const base64 = /^Basic (\S+)$/.exec(authorization ?? "")?.[1]
  if (base64 === undefined) return []
  const [, encoded = ""] = atob(base64).split(/:(.*)/s)
  return [base64, new URLSearchParams(`=${encoded}`).get("") ?? ""]
}
