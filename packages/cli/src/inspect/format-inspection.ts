import { formatRows, styled } from "../output/fields.ts"
import { printable, printableJson } from "../output/printable.ts"
import type { JsonObject } from "./decode.ts"
import type { Inspection } from "./inspection.ts"

/** An inspection for a person or as JSON; the token itself is in neither. */
export const formatInspection = (inspection: Inspection, { json }: { readonly json: boolean }): string =>
  json ? printableJson(inspectionJson(inspection)) : inspectionText(inspection)

const inspectionText = ({ decoded, claims, verified, verdict, problems }: Inspection): string => {
  const colour = verified ? "green" : problems.length > 0 ? "red" : "yellow"
  return [
    formatRows([
      [styled("bold", "token"), kinds[decoded.kind]],
      [styled("bold", "verdict"), styled(colour, printable(verdict))],
      ...problems.map(({ text }) => [styled("red", "wrong"), printable(text)]),
    ]),
    ...("header" in decoded ? [section("header", headerRows(decoded.header))] : []),
    ...(claims.length > 0
      ? [
          section(
            "claims",
            claims.map(({ name, value, meaning, problem }) => [
              printable(name),
              printable(value),
              problem === undefined ? meaning : styled("red", meaning),
            ]),
          ),
        ]
      : []),
  ].join("\n")
}

const section = (title: string, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  `\n${styled("bold", title)}\n${formatRows(rows)}`

const headerRows = (header: JsonObject): ReadonlyArray<ReadonlyArray<string>> =>
  Object.entries(header)
    .slice(0, 20)
    .map(([name, value]) => [
      printable(name.slice(0, 100)),
      printable((typeof value === "string" ? value : JSON.stringify(value)).slice(0, 100)),
      Object.hasOwn(meanings, name) ? (meanings[name] ?? "") : "",
    ])

const meanings: Readonly<Record<string, string>> = {
  alg: "how it is signed",
  kid: "which key signed it",
  typ: "what kind of token it is",
  enc: "how it is encrypted",
  jku: "an address of keys; never followed",
  jwk: "a key; never believed",
  x5u: "an address of a certificate; never followed",
  crit: "what has to be understood",
}

const kinds = {
  jwt: "a signed JWT",
  encrypted: "an encrypted JWT (JWE)",
  opaque: "not a JWT, so only its issuer can read it",
  broken: "neither a JWT nor an opaque token",
}

const inspectionJson = ({ decoded, claims, verified, verdict, problems }: Inspection): object => ({
  version: 1,
  kind: decoded.kind,
  verified,
  verdict,
  problems: problems.map(({ code, text }) => ({ code, message: text })),
  ...("header" in decoded && { header: decoded.header }),
  ...("claims" in decoded && { claims: decoded.claims }),
  explanations: Object.fromEntries(claims.map(({ name, meaning }) => [name, meaning])),
})
