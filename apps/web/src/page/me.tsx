import type { Claims, WebSession } from "@bearerkit/hono"
import { decodeJwt } from "jose"
import { ClaimTable } from "./claim-table.tsx"
import { duration, Time } from "./time.tsx"

/** Who somebody is, and what their tokens say. */
export const Me = ({ session, now }: { readonly session: WebSession; readonly now: number }) => {
  const { user, startedAt, endsAt } = session
  return (
    <>
      <section class="card person">
        <span class="avatar" aria-hidden="true">
          {(user.name ?? user.subject).slice(0, 1).toUpperCase()}
        </span>
        <div>
          <h1>Hello, {user.name ?? "whoever you are"}</h1>
          <dl>
            <dt>E-mail</dt>
            <dd>{user.email ?? "not told"}</dd>
            <dt>Known as</dt>
            <dd>
              <code>{user.subject}</code>
            </dd>
            <dt>Signed in</dt>
            <dd>
              <Time at={startedAt} />
            </dd>
            <dt>Until</dt>
            <dd>
              <Time at={endsAt} />, at the latest
            </dd>
          </dl>
        </div>
      </section>
      <Token name="ID token" does="It tells this application who you are." token={session.find("id_token")} now={now} />
      <Token name="Access token" does="It opens the API for you." token={session.find("access_token")} now={now} />
    </>
  )
}

interface TokenProps {
  readonly name: string
  readonly does: string
  readonly token: string | undefined
  readonly now: number
}

const Token = ({ name, does, token, now }: TokenProps) => {
  const claims = token === undefined ? undefined : claimsOf(token)
  return (
    <section class="card">
      <h2>{name}</h2>
      <p>{does}</p>
      {token === undefined && <p role="status">There is none at the moment. Load the page again a little later.</p>}
      {token !== undefined && claims === undefined && <p>Only the API can read what it says.</p>}
      {claims !== undefined && (
        <>
          <TimeLeft name={name} claims={claims} now={now} />
          <ClaimTable caption={`What the ${name} says`} claims={claims} />
        </>
      )}
    </section>
  )
}

const TimeLeft = ({ name, claims, now }: { readonly name: string; readonly claims: Claims; readonly now: number }) => {
  const { iat, exp } = claims
  if (iat === undefined || exp === undefined) return null
  const left = Math.max(0, exp * 1000 - now)
  const whole = (exp - iat) * 1000
  return (
    <p class="left">
      <meter aria-label={`Time left of the ${name}`} min={0} low={whole / 5} max={whole} value={left} />
      <span>{left === 0 ? "ended; the next call renews it" : `${duration(left)} left of ${duration(whole)}`}</span>
    </p>
  )
}

/** Where it came from has checked it: here it is only shown. */
const claimsOf = (token: string): Claims | undefined => {
  try {
    return decodeJwt(token) as Claims
  } catch {
    return undefined
  }
}
