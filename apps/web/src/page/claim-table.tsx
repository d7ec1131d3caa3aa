import type { Claims } from "@bearerkit/hono"
import { claimWords, timeClaims } from "./claim-words.ts"
import { Time } from "./time.tsx"

/** The claims of a token, each with what it says. */
export const ClaimTable = ({ claims, caption }: { readonly claims: Claims; readonly caption: string }) => (
  <table class="claims">
    <caption>{caption}</caption>
    <thead>
      <tr>
        <th scope="col">Claim</th>
        <th scope="col">Value</th>
        <th scope="col">Says</th>
      </tr>
    </thead>
    <tbody>
      {Object.entries(claims).map(([name, value]) => (
        <tr>
          <th scope="row">
            <code>{name}</code>
          </th>
          <td data-claim={name}>
            <Value name={name} value={value} />
          </td>
          <td>{Object.hasOwn(claimWords, name) ? claimWords[name] : "The issuer's own"}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

const Value = ({ name, value }: { readonly name: string; readonly value: unknown }) => {
  if (timeClaims.has(name) && typeof value === "number") return <Time at={value * 1000} />
  return <>{typeof value === "string" ? value : JSON.stringify(value)}</>
}
