import type { Secrets } from "./secrets.ts"

/** Ways to break the world, and what each does. */
export const breaks = {
  "wrong-secret": "every client secret and password that the programs and the legacy API hold is wrong",
  "issuer-stopped": "the issuer is stopped before the first step",
  "clock-ahead": "the clock of this machine, for the programs and the API, is one day ahead of the issuer's",
} as const

export type Break = keyof typeof breaks

/** What the programs hold of the secrets. */
export const heldSecrets = (secrets: Secrets, broken: Break | undefined): Secrets => {
  if (broken !== "wrong-secret") return secrets
  const wrong = (secret: string): string => secret.split("").toReversed().join("")
  const { privateKey, publicKey, ...shared } = secrets
  const wrongOnes = Object.fromEntries(Object.entries(shared).map(([name, secret]) => [name, wrong(secret)]))
  return { ...secrets, ...wrongOnes, privateKey, publicKey }
}

/** The clock of the programs and the API, in epoch milliseconds. */
export const clockOf = (broken: Break | undefined): (() => number) =>
  broken === "clock-ahead" ? () => Date.now() + day : Date.now

const day = 86_400_000
