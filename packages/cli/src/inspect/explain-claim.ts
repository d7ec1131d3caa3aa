import { durationText } from "./duration-text.ts"
import type { JsonObject } from "./decode.ts"

/** What a claim means, and what is wrong with it, if anything. */
export interface ExplainedClaim {
  readonly name: string
  readonly value: string
  readonly meaning: string
  /** One sentence. */
  readonly problem?: string
}

export interface ClaimContext {
  /** Epoch seconds. */
  readonly now: number
  /** The expected issuer; undefined accepts any. */
  readonly issuer: string | undefined
  /** The expected audience; empty accepts any. */
  readonly audience: ReadonlyArray<string>
}

/** Every claim in words, in the order of the token. */
export const explainClaims = (claims: JsonObject, context: ClaimContext): ReadonlyArray<ExplainedClaim> =>
  Object.entries(claims)
    .slice(0, maxClaims)
    .map(([name, value]) => named(name, value, explain(name, value, context)))

const named = (name: string, value: unknown, explained: Explained): ExplainedClaim => ({
  name: shortened(name),
  value: textOf(name, value),
  ...explained,
})

const maxClaims = 100
const maxText = 300

/** Seconds by which clocks may differ; for `iat` the tolerance of the verifier. */
const tolerance = 5
const issuedTolerance = 60

type Explained = Omit<ExplainedClaim, "name" | "value">

const explain = (name: string, value: unknown, context: ClaimContext): Explained => {
  const meaning = Object.hasOwn(meanings, name) ? (meanings[name] ?? "") : "not a registered claim"
  if (isTime(name))
    return typeof value === "number" ? explainTime(name, value, context) : wrong(meaning, name, "a number")
  if (name === "iss") return explainIssuer(meaning, value, context)
  if (name === "aud") return explainAudience(meaning, value, context)
  if ((name === "scope" || name === "scp") && listOf(value) === undefined) return wrong(meaning, name, list)
  if (texts.has(name) && typeof value !== "string") return wrong(meaning, name, "text")
  return { meaning }
}

const wrong = (meaning: string, name: string, expected: string): Explained => ({
  meaning,
  problem: `The claim ${name} is not ${expected}.`,
})

const explainTime = (name: TimeClaim, value: number, { now }: ClaimContext): Explained => {
  const away = value - now
  const when = away >= 0 ? `in ${durationText(away)}` : `${durationText(-away)} ago`
  if (name === "exp") {
    const meaning = away >= 0 ? `it ends ${when}` : `it ended ${when}`
    return away > -tolerance ? { meaning } : { meaning, problem: `It ended ${when}: get a new one.` }
  }
  const meaning = `${timeMeanings[name]} ${when}`
  if (away <= (name === "iat" ? issuedTolerance : tolerance) || name === "auth_time") return { meaning }
  const problem =
    name === "nbf"
      ? `It becomes valid ${when}.`
      : `It was issued ${when}: the issuer's clock and this machine's differ.`
  return { meaning, problem }
}

const timeMeanings = {
  nbf: "it is valid from",
  iat: "it was issued",
  auth_time: "the person signed in",
}

type TimeClaim = "exp" | keyof typeof timeMeanings

const isTime = (name: string): name is TimeClaim => name === "exp" || Object.hasOwn(timeMeanings, name)

const explainIssuer = (meaning: string, value: unknown, { issuer }: ClaimContext): Explained => {
  if (typeof value !== "string") return wrong(meaning, "iss", "text")
  if (issuer === undefined || value === issuer) return { meaning }
  const slash = value.replace(/\/$/, "") === issuer.replace(/\/$/, "") ? " They differ in the slash at the end." : ""
  return { meaning, problem: `It is from another issuer than ${issuer}.${slash}` }
}

const explainAudience = (meaning: string, value: unknown, { audience }: ClaimContext): Explained => {
  const given = listOf(value)
  if (given === undefined) return wrong(meaning, "aud", list)
  if (audience.length === 0 || given.some((each) => audience.includes(each))) return { meaning }
  return { meaning, problem: `It is not for ${audience.join(" or ")}.` }
}

const list = "text or a list of texts"

/** The texts of a claim that may be one or several. */
const listOf = (value: unknown): ReadonlyArray<string> | undefined => {
  const given: unknown = typeof value === "string" ? [value] : value
  return Array.isArray(given) && given.every((each) => typeof each === "string") ? given : undefined
}

const textOf = (name: string, value: unknown): string => {
  if (isTime(name) && typeof value === "number" && Math.abs(value) < 8.64e12) {
    return new Date(Math.floor(value) * 1000).toISOString().replace(".000Z", "Z")
  }
  return shortened(typeof value === "string" ? value : JSON.stringify(value))
}

const shortened = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText)}…` : text)

const texts: ReadonlySet<string> = new Set(["sub", "jti", "client_id", "azp", "nonce", "sid"])

const meanings: Readonly<Record<string, string>> = {
  iss: "who issued it",
  sub: "whom it is about",
  aud: "which API or client it is for",
  exp: "when it ends",
  nbf: "from when on it is valid",
  iat: "when it was issued",
  auth_time: "when the person signed in",
  jti: "its own id",
  client_id: "the client that asked for it",
  azp: "the client that asked for it",
  cid: "the client that asked for it",
  appid: "the client that asked for it",
  scope: "what it allows",
  scp: "what it allows",
  act: "who acts for the subject",
  may_act: "who may act for the subject",
  cnf: "the key it is bound to",
  nonce: "ties it to one login",
  sid: "the session at the issuer",
  acr: "how strongly the person was authenticated",
  amr: "by which means the person was authenticated",
  at_hash: "ties it to the access token",
  c_hash: "ties it to the authorization code",
  name: "the person's name",
  email: "the person's e-mail address",
  email_verified: "whether the issuer has checked the address",
  preferred_username: "the person's name at the issuer",
  roles: "the subject's roles",
  groups: "the subject's groups",
  permissions: "what it allows",
}
