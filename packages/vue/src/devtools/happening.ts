import { type Arrival, isHeld, type LoginState, type TelemetryEvent } from "@bearerkit/browser"

/** Something that happened to a login, in the words of a developer; never a token. */
export interface Happening {
  readonly layer: keyof typeof layers
  /** Epoch milliseconds by the clock of this machine. */
  readonly time: number
  readonly title: string
  readonly subtitle: string
  readonly level: "default" | "error" | "warning"
  readonly data: Readonly<Record<string, number | string>>
}

/** The layers of the timeline. */
export const layers = {
  login: { label: "Login", color: 0x2f9e44 },
  tokens: { label: "Tokens", color: 0x1971c2 },
  calls: { label: "API calls", color: 0x9c36b5 },
  issuer: { label: "Issuer", color: 0x868e96 },
} as const

/** What the client does; nothing for what would only fill the timeline, such as tokens at hand. */
export const happeningOfTelemetry = (event: TelemetryEvent, time: number): Happening | undefined => {
  if (event.type === "warning") {
    return { layer: "login", time, title: "warning", subtitle: event.message, level: "warning", data: event }
  }
  if (event.type === "count") {
    const shown = counters[event.name]
    return shown && { ...shown, time, subtitle: words(Object.values(event.attributes)), data: event.attributes }
  }
  const { name, attributes, duration, failure } = event
  if (name === "oauth.store" && failure === undefined) return undefined
  const { layer, title } = spans[name]
  const { issuer: _, client_id: __, ...telling } = attributes
  return {
    layer,
    time,
    title: failure === undefined ? title : `${title} failed`,
    subtitle: words(Object.values(telling), failure, `${duration} ms`),
    level: levelOf(failure !== undefined, Number(attributes["status"]) >= 400),
    data: { ...attributes, duration, ...(failure !== undefined && { error: failure }) },
  }
}

/** What the page arrived with. */
export const happeningAtStart = ({ callback, status, error }: Arrival, time: number): Happening => {
  const known = isHeld(status) ? "signed in already" : "nobody is signed in"
  const title = { completed: "sign-in", failed: "sign-in failed", none: known, replayed: known }[callback]
  return happeningOfLogin({ title, status, error }, time)
}

/** What became of the login since then; nothing where it is as it was. */
export const happeningOfState = (before: LoginState, now: LoginState, time: number): Happening | undefined => {
  if (!before.ready) return undefined
  const hasFailed = now.error !== undefined && now.error !== before.error
  if (before.status === now.status && !hasFailed) return undefined
  return happeningOfLogin({ ...now, title: titleOf(before, now) }, time)
}

const titleOf = (before: LoginState, { status, error }: LoginState): string => {
  if (status === before.status || (status === "signed-in" && error !== undefined)) return "error"
  if (status === "signed-in") return isHeld(before.status) ? "signed in again" : "sign-in"
  return status === "signed-out" ? "sign-out" : status
}

interface OfLogin extends Pick<LoginState, "error" | "status"> {
  readonly title: string
}

const happeningOfLogin = ({ title, status, error }: OfLogin, time: number): Happening => ({
  layer: "login",
  time,
  title,
  subtitle: error?.code ?? status,
  level: levelOf(error !== undefined, status === "offline" || status === "needs-login"),
  data: { status, ...(error !== undefined && { error: error.code, message: error.message }) },
})

const levelOf = (hasFailed: boolean, isDoubtful: boolean): Happening["level"] => {
  if (hasFailed) return "error"
  return isDoubtful ? "warning" : "default"
}

type Named = Pick<Happening, "layer" | "title">

const spans: Readonly<Record<Extract<TelemetryEvent, { type: "span" }>["name"], Named>> = {
  "api.call": { layer: "calls", title: "call" },
  "http.request": { layer: "issuer", title: "request" },
  "oauth.delegate": { layer: "tokens", title: "delegate" },
  "oauth.discovery": { layer: "issuer", title: "discover" },
  "oauth.keys": { layer: "issuer", title: "fetch keys" },
  "oauth.renew_login": { layer: "tokens", title: "renew" },
  "oauth.store": { layer: "tokens", title: "store" },
  "oauth.token": { layer: "tokens", title: "acquire" },
}

const counters: Readonly<Record<string, (Named & Pick<Happening, "level">) | undefined>> = {
  api_retry: { layer: "calls", title: "call again with a new token", level: "warning" },
  dpop_nonce_retry: { layer: "issuer", title: "send again with a nonce", level: "default" },
  soft_refresh: { layer: "tokens", title: "renew ahead of time", level: "default" },
}

const words = (values: ReadonlyArray<number | string>, ...more: ReadonlyArray<string | undefined>): string =>
  [...values, ...more].filter((value) => value !== undefined && value !== "").join(" · ")
