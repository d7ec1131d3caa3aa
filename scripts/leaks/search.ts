import type { Published, Secret } from "./journal.ts"

/** A secret that was found where it must not be. Its value is not in here. */
export interface Leak {
  readonly kind: string
  readonly where: string
}

/**
 * Looks for every secret in every text: as it is, as JSON and in a URL; of tokens also for any piece of 31 characters,
 * because what cuts a text off leaks too.
 */
export const findLeaks = (secrets: Iterable<Secret>, texts: Iterable<Published>): ReadonlyArray<Leak> => {
  const { pieces, sentences } = prepare(secrets)
  const found = new Map<string, Leak>()
  for (const { where, text } of texts) {
    const add = (kind: string) => found.set(`${kind} ${where}`, { kind, where })
    for (const [sentence, kind] of sentences) if (text.includes(sentence)) add(kind)
    for (const [run] of text.matchAll(/[\w.~+/=%-]{16,}/g)) {
      for (let at = 0; at + width <= run.length; at++) {
        const kind = pieces.get(run.slice(at, at + width))
        if (kind !== undefined) add(kind)
      }
    }
  }
  return [...found.values()]
}

/** Any 31 characters of a token contain one of its pieces whole. */
const width = 16

interface Needles {
  readonly pieces: ReadonlyMap<string, string>
  readonly sentences: ReadonlyMap<string, string>
}

const prepare = (secrets: Iterable<Secret>): Needles => {
  const pieces = new Map<string, string>()
  const sentences = new Map<string, string>()
  for (const { kind, value } of secrets) {
    if (/^[\w.~+/=-]+$/.test(value)) {
      for (const part of partsOf(value)) for (const piece of piecesOf(part)) pieces.set(piece, kind)
    } else {
      for (const form of formsOf(value)) sentences.set(form, kind)
    }
  }
  return { pieces, sentences }
}

/** A JWT's header is the same for many tokens, and no secret. */
const partsOf = (token: string): ReadonlyArray<string> => {
  const parts = token.split(".")
  return parts.length >= 3 && token.startsWith("ey") ? parts.slice(1) : [token]
}

/** The end counts as well, so that a short rest is not lost. */
const piecesOf = (part: string): ReadonlyArray<string> => {
  const pieces = part.length < width ? [] : [part.slice(-width)]
  for (let at = 0; at + width <= part.length; at += width) pieces.push(part.slice(at, at + width))
  return pieces
}

const formsOf = (value: string): ReadonlyArray<string> => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value.replaceAll(/\p{Surrogate}/gu, "\ufffd")),
  new URLSearchParams([["", value]]).toString().slice(1),
]
