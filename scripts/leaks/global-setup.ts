import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { folderVariable, type Published, type Secret } from "./journal.ts"
import { findLeaks } from "./search.ts"

/** Before the first test of a run: a private folder, and an ear at the output. After the last: the search. */
export const setup = async (): Promise<(() => Promise<void>) | undefined> => {
  // each project of a run calls this
  if (process.env[folderVariable] !== undefined) return undefined
  const folder = await mkdtemp(join(tmpdir(), "bearerkit-leaks-"))
  process.env[folderVariable] = folder
  const output = listen()
  return async () => {
    delete process.env[folderVariable]
    const printed = output.stop()
    try {
      await search(folder, printed)
    } finally {
      await rm(folder, { recursive: true })
    }
  }
}

const listen = () => {
  const streams = [process.stdout, process.stderr]
  const writes = streams.map((stream) => stream.write)
  let text = ""
  streams.forEach((stream, index) => {
    stream.write = ((chunk: string | Uint8Array, ...rest: []) => {
      text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString()
      return writes[index]!.call(stream, chunk, ...rest)
    }) as typeof stream.write
  })
  return {
    stop: (): Published => {
      streams.forEach((stream, index) => (stream.write = writes[index]!))
      return { where: "output of the test run", text }
    },
  }
}

const search = async (folder: string, printed: Published): Promise<void> => {
  const begun = performance.now()
  const secrets = await read<Secret>(folder, ".secrets")
  const published = await read<Published>(folder, ".published")
  const leaks = findLeaks(secrets, [...published, printed])
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  const summary = `${secrets.length} secrets in ${published.length} texts, ${seconds} s`
  if (leaks.length === 0) return console.log(`\n No secret leaked (${summary}).`)
  const lines = leaks.slice(0, 50).map(({ kind, where }) => `  ${kind} in ${where}`)
  const error = new Error(`${leaks.length} secrets leaked (${summary}):\n${lines.join("\n")}`)
  error.stack = error.message
  throw error
}

const read = async <Line>(folder: string, ending: string): Promise<ReadonlyArray<Line>> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending))
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))
  return files.flatMap((file) =>
    file
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line),
  )
}
