import { constants, closeSync, createReadStream, fstatSync, openSync } from "node:fs"
import { Socket } from "node:net"
import { addAbortSignal, type Readable } from "node:stream"
import * as Effect from "effect/Effect"

const kilobyte = 1024

/** The bytes of a file, a pipe or, for `-`, stdin. Fails with the rest of a sentence that names it. */
export const readBytes = (file: string, maxBytes: number): Effect.Effect<Buffer<ArrayBuffer>, string> =>
  openSource(file).pipe(Effect.flatMap((source) => collect(source, maxBytes)))

/** The same as text, without the line break at its end. */
export const readText = (file: string, maxBytes = 64 * kilobyte): Effect.Effect<string, string> =>
  Effect.flatMap(readBytes(file, maxBytes), decode)

const openSource = (file: string): Effect.Effect<Readable, string> =>
  Effect.suspend(() => {
    if (file !== "-") return Effect.try({ try: () => open(file), catch: notReadable })
    return process.stdin.isTTY
      ? Effect.fail("would come from a terminal, where it could be seen")
      : Effect.succeed(process.stdin)
  })

const open = (file: string): Readable => {
  // without O_NONBLOCK a pipe without a writer would block even the exit on Ctrl-C
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const stat = fstatSync(fd)
  if (stat.isFIFO()) return new Socket({ fd, readable: true, writable: false })
  if (stat.isFile()) return createReadStream(file, { fd })
  closeSync(fd)
  throw new NotAFile()
}

class NotAFile extends Error {}

class TooLarge extends Error {
  readonly maxBytes: number
  constructor(maxBytes: number) {
    super()
    this.maxBytes = maxBytes
  }
}

const collect = (source: Readable, maxBytes: number): Effect.Effect<Buffer<ArrayBuffer>, string> =>
  Effect.tryPromise({
    try: async (signal) => {
      const chunks: Array<Buffer> = []
      let size = 0
      for await (const chunk of addAbortSignal(signal, source)) {
        chunks.push(chunk)
        size += chunk.length
        if (size > maxBytes) throw new TooLarge(maxBytes)
      }
      return Buffer.concat(chunks)
    },
    catch: notReadable,
  })

const decode = (bytes: Buffer): Effect.Effect<string, string> =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r?\n$/, ""),
    catch: () => "is not UTF-8 text",
  })

const notReadable = (error: unknown): string => {
  if (error instanceof NotAFile) return "would come from something that is neither a file nor a pipe"
  if (error instanceof TooLarge) return `has more than ${error.maxBytes / kilobyte} kB`
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error"
  return `cannot be read from its file (${code})`
}
