import * as Result from "effect/Result"
import type { Apis } from "../call/api-client.ts"
import { invalidOptions } from "../errors/acquire-error.ts"
import { parseTarget, type TargetInput } from "../model/target.ts"
import { toBearerError } from "./bearer-error.ts"

/** Throws a `BearerError` for a target that would fail with each call, where the program says it. */
export const checkTargets = ({
  target = {},
  apis = {},
}: {
  readonly target?: TargetInput | undefined
  readonly apis?: Apis | undefined
}): void => {
  checkTarget("target", target)
  for (const [origin, input] of Object.entries(apis)) checkTarget(`apis["${origin}"]`, input)
}

const checkTarget = (option: string, input: TargetInput): void => {
  const parsed = parseTarget(input)
  if (Result.isSuccess(parsed)) return
  const { field, problem } = parsed.failure
  throw toBearerError(invalidOptions(field === "target" ? option : `${option}.${field}`, problem))
}
