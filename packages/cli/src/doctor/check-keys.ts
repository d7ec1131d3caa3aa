import { Http } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Finding, findings } from "./finding.ts"
import type { CheckContext } from "./check-context.ts"

const { ok, skip, warn, fail } = findings("keys")

/** Whether the issuer's keys can be fetched and used (RFC 7517). */
export const checkKeys = ({
  metadata: { jwksUri },
}: CheckContext): Effect.Effect<ReadonlyArray<Finding>, never, Http> =>
  Effect.gen(function* () {
    if (jwksUri === undefined) return [skip("There is no address of keys to look at.", "See metadata.")]
    const answer = yield* Effect.result(Http.use((http) => http.ask(jwksUri)))
    if (Result.isFailure(answer)) {
      const { what, fix } = answer.failure.explanation
      return [fail(what, fix)]
    }
    const { status, body } = answer.success
    if (status !== 200)
      return [fail(`jwks_uri answers with status ${status}.`, "Have the issuer publish its keys there.")]
    const keys = keysIn(body)
    if (keys === undefined)
      return [fail("What jwks_uri answers is not a JWK Set.", "Have the issuer publish its keys there.")]
    return judge(keys)
  })

type Key = Readonly<Record<string, unknown>>

const judge = (keys: ReadonlyArray<Key>): ReadonlyArray<Finding> => {
  const usable = keys.filter((key) => signs(key) && !isWeak(key))
  const wrong = [
    ...(keys.some((key) => Object.hasOwn(key, "d") || key["kty"] === "oct")
      ? [fail("A secret key is published at jwks_uri.", "Take it out at once, make new keys, and distrust old tokens.")]
      : []),
    ...(keys.some(isWeak)
      ? [fail("An RSA key has fewer than 2048 bits.", "Replace it by one of 2048 bits or more.")]
      : []),
    ...(usable.length === 0
      ? [fail("No key at jwks_uri can check a signature.", "Have the issuer publish an RSA, EC or Ed25519 key.")]
      : []),
    ...(keys.length > 1 && keys.some((key) => typeof key["kid"] !== "string")
      ? [warn("Of several keys one has no kid, so it cannot be told which one signed.", "Give each key a kid.")]
      : []),
  ]
  const count = usable.length === 1 ? "1 key is" : `${usable.length} keys are`
  return wrong.length > 0 ? wrong : [ok(`${count} there to check signatures with.`)]
}

const signs = ({ kty, use }: Key): boolean => ["RSA", "EC", "OKP"].includes(String(kty)) && use !== "enc"

/** 2048 bits are 342 characters of base64url. */
const isWeak = ({ kty, n }: Key): boolean => kty === "RSA" && (typeof n !== "string" || n.length < 342)

const keysIn = (body: string): ReadonlyArray<Key> | undefined => {
  try {
    const json: unknown = JSON.parse(body)
    const keys = typeof json === "object" && json !== null && "keys" in json ? json.keys : undefined
    return Array.isArray(keys) && keys.every((key) => typeof key === "object" && key !== null) ? keys : undefined
  } catch {
    return undefined
  }
}
