import { stripVTControlCharacters } from "node:util"
import { BearerError } from "@bearerkit/node"

/**
 * An error as it may be printed. What a browser is driven with logs the addresses that it came by, and those of a login
 * hold codes and tokens: nothing of a query or a hash is told.
 */
export const toldError = (error: unknown): Error => {
  // its message is free of them, and its code is told
  if (error instanceof BearerError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new Error(oneLine(message).replaceAll(answer, "$1…").replaceAll(tokenLike, "[token removed]"))
}

const oneLine = (text: string): string => stripVTControlCharacters(text).replaceAll(/\s+/g, " ").trim().slice(0, 1000)

const answer = /([?#&][\w-]+=)[^\s"'<>&#]*/g
const tokenLike = /[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g
