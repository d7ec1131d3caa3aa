import { createHash } from "node:crypto"

import {
  createLocalJWKSet,
  decodeJwt,
  errors as jose,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from "jose"

import type { Context } from "../context.ts"

/** Closed: never what the assertion's header asks for (RFC 8725 §3.1). */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
const TOLERANCE_SECONDS = 15
const MAX_LIFETIME_SECONDS = 3600

/** Why an assertion is refused; the message is for the caller. */
export class AssertionError extends Error {
  override readonly name = "AssertionError"
}

export interface Assertion {
  readonly issuer: string
  readonly subject: string
  /** Not to be used again; of an assertion without one its digest; absent where the assertion may be used again. */
  readonly jti: string | undefined
  readonly expires: number
}

interface Signer {
  readonly keys: JWTVerifyGetKey
  readonly maySpeakFor: (subject: string) => boolean
  readonly reusable: boolean
}

/** Checks the signature and the claims of an assertion (RFC 7523 §3). */
export const verifyAssertion = async (
  context: Context,
  assertion: string,
  expected: { readonly audiences: ReadonlyArray<string>; readonly clientId: string },
): Promise<Assertion> => {
  const signer = signerOf(context, readIssuer(assertion), expected.clientId)
  const payload = await verifySignature(assertion, signer.keys)
  const { iss = "", sub = "", aud, jti, exp = 0, iat, nbf } = payload
  const now = Math.floor(Date.now() / 1000)
  if (sub === "") throw new AssertionError("sub is missing")
  if (![aud].flat().some((audience) => audience !== undefined && expected.audiences.includes(audience))) {
    throw new AssertionError(`aud must be the issuer ${expected.audiences[0]} or its token endpoint`)
  }
  if (exp === 0) throw new AssertionError("exp is missing")
  if (exp <= now - TOLERANCE_SECONDS) throw new AssertionError("expired; is the clock of its issuer behind?")
  if (Math.max(iat ?? 0, nbf ?? 0) > now + TOLERANCE_SECONDS) {
    throw new AssertionError("issued in the future; is the clock of its issuer ahead?")
  }
  if (exp > now + MAX_LIFETIME_SECONDS + TOLERANCE_SECONDS) {
    throw new AssertionError(`exp is more than ${MAX_LIFETIME_SECONDS} seconds ahead`)
  }
  if (!signer.maySpeakFor(sub)) throw new AssertionError("its issuer may not speak for this subject")
  const name = signer.reusable ? undefined : (jti ?? digestOf(assertion))
  return { issuer: iss, subject: sub, jti: name, expires: exp + TOLERANCE_SECONDS }
}

/** Of what is signed: a signature can be written in more than one way. */
const digestOf = (assertion: string): string =>
  createHash("sha256")
    .update(assertion.slice(0, assertion.lastIndexOf(".")))
    .digest("base64url")

const readIssuer = (assertion: string): string => {
  try {
    const { iss } = decodeJwt(assertion)
    if (typeof iss === "string" && iss !== "") return iss
  } catch {
    throw new AssertionError("not a signed JWT")
  }
  throw new AssertionError("iss is missing")
}

const signerOf = (context: Context, issuer: string, clientId: string): Signer => {
  const trusted = context.config.assertionIssuers.get(issuer)
  if (trusted !== undefined) {
    const { keys, reusable, subjects } = trusted
    return { keys, reusable, maySpeakFor: (subject) => subjects?.has(subject) ?? true }
  }
  const client = issuer === clientId ? context.config.clients.get(clientId) : undefined
  if (client?.jwks === undefined) {
    throw new AssertionError("iss is not known; it must be a trusted issuer or the client itself with a registered key")
  }
  return {
    keys: createLocalJWKSet(structuredClone(client.jwks) as unknown as JSONWebKeySet),
    maySpeakFor: (subject) => subject === client.id || client.assertionSubjects.has(subject),
    reusable: false,
  }
}

const verifySignature = async (assertion: string, keys: JWTVerifyGetKey): Promise<JWTPayload> => {
  // The times are checked by the caller, which can say which clock is wrong.
  const options = { algorithms: ALGORITHMS, clockTolerance: Number.MAX_SAFE_INTEGER }
  try {
    const { payload } = await jwtVerify(assertion, keys, options)
    return payload
  } catch (error) {
    if (error instanceof jose.JWTClaimValidationFailed) throw new AssertionError(`${error.claim} is not as it must be`)
    if (error instanceof jose.JWKSNoMatchingKey) throw new AssertionError("no registered key fits its kid and alg")
    if (isUnreachable(error)) throw new AssertionError("the keys of its issuer could not be fetched from its jwksUri")
    throw new AssertionError("its signature is not right for the registered keys")
  }
}

/** `fetch` fails with a TypeError, and jose with errors of its own for what is no key set or comes too late. */
const isUnreachable = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof jose.JWKSTimeout ||
  error instanceof jose.JWKSInvalid ||
  (error instanceof jose.JOSEError && error.code === "ERR_JOSE_GENERIC")
