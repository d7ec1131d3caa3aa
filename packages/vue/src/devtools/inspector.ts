import { isHeld, type LoginState, type TokenAtHand, userOf } from "@bearerkit/browser"
import type { Refused } from "../auth.ts"
import type { Happening } from "./happening.ts"

/** What there is to be seen at a moment. */
export interface View {
  readonly state: LoginState
  readonly refused: Refused | undefined
  readonly tokens: ReadonlyArray<TokenAtHand>
  /** The newest last. */
  readonly happenings: ReadonlyArray<Happening>
  readonly counts: ReadonlyMap<string, number>
}

export interface TreeNode {
  id: string
  label: string
  tags: Array<Tag>
}

interface Tag {
  readonly label: string
  readonly textColor: number
  readonly backgroundColor: number
}

/** Sections of named values. */
export type Sections = Record<string, Array<{ readonly key: string; readonly value: unknown }>>

/** The nodes of the inspector; of the tokens those whose name contains the filter. */
export const treeOf = (view: View, filter: string): Array<TreeNode> => {
  const { state, tokens } = view
  const found = tokens.filter((token) => nameOf(token).toLowerCase().includes(filter.toLowerCase()))
  const problems = problemsOf(view)
  return [
    { id: "login", label: whoIs(state), tags: [tag(state.status, isHeld(state.status) ? green : grey)] },
    ...found.map(tokenNode),
    { id: "problems", label: "Problems", tags: problems.length > 0 ? [tag(String(problems.length), red)] : [] },
    { id: "activity", label: "Activity", tags: [] },
  ]
}

/** What a node holds. */
export const stateOf = (view: View, nodeId: string): Sections => {
  if (nodeId === "login") return loginState(view)
  if (nodeId === "problems") return { problems: problemsOf(view).toReversed().map(lineOf) }
  if (nodeId === "activity") {
    return { counters: entries(Object.fromEntries(view.counts)), latest: view.happenings.toReversed().map(lineOf) }
  }
  const token = view.tokens.find((token) => idOf(token) === nodeId)
  return token === undefined ? {} : tokenState(token)
}

const loginState = ({ state, refused }: View): Sections => {
  const { status, ready, claims, error } = state
  const telling = Object.entries(claims ?? {}).filter(([name]) => !protocolClaims.has(name))
  return {
    login: entries({ status, ready }),
    ...(claims !== undefined && { user: entries(userOf(claims)), claims: entries(Object.fromEntries(telling)) }),
    ...(error !== undefined && { error: entries({ code: error.code, message: error.message, fix: error.fix }) }),
    ...(refused !== undefined && {
      refused: entries({ code: refused.error.code, path: refused.target.split(/[?#]/)[0] }),
    }),
  }
}

/** They only tie an ID token to its login. */
const protocolClaims: ReadonlySet<string> = new Set(["at_hash", "c_hash", "jti", "nonce", "s_hash", "sid"])

const whoIs = ({ claims, status }: LoginState): string => {
  if (claims === undefined) return isHeld(status) ? "Somebody is signed in" : "Nobody is signed in"
  const { name, email, subject } = userOf(claims)
  return name ?? email ?? subject
}

const tokenNode = (token: TokenAtHand): TreeNode => ({
  id: idOf(token),
  label: nameOf(token),
  tags: [tag(timeLeft(token.left), token.left > 0 ? green : red)],
})

const tokenState = ({ target, type, expiresAt, scopes, left }: TokenAtHand): Sections => ({
  token: entries({ type, "granted scopes": scopes, "expires at": new Date(expiresAt), "time left": timeLeft(left) }),
  target: entries(target),
})

const idOf = ({ target }: TokenAtHand): string => `token ${JSON.stringify(target)}`

const nameOf = ({ target: { audiences, resources, scopes, organization } }: TokenAtHand): string =>
  [...audiences, ...resources, ...(organization === undefined ? [] : [organization]), ...scopes].join(" ") ||
  "what the issuer gives by default"

const problemsOf = ({ happenings }: View): ReadonlyArray<Happening> =>
  happenings.filter(({ level }) => level !== "default")

/** One line, which opens to the details. */
const lineOf = ({ time, title, subtitle, data }: Happening) => ({
  key: `${new Date(time).toLocaleTimeString()} ${title}`,
  value: { _custom: { type: "event", display: subtitle, value: data } },
})

const entries = (values: object): Sections[string] => Object.entries(values).map(([key, value]) => ({ key, value }))

/** In the two largest units. */
const timeLeft = (millis: number): string => {
  if (millis <= 0) return "ended"
  const seconds = Math.floor(millis / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}

const tag = (label: string, backgroundColor: number): Tag => ({ label, textColor: 0xffffff, backgroundColor })

const green = 0x2f9e44
const grey = 0x868e96
const red = 0xe03131
