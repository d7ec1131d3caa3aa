import { readdirSync, readFileSync } from "node:fs"

const root = new URL("../vectors/", import.meta.url)

/** A file of vectors as JSON. */
export const readVectors = <A>(path: string): A => JSON.parse(readFileSync(new URL(path, root), "utf8")) as A

/** The files of a folder of vectors, as bytes by name. */
export const readFolder = (path: string): ReadonlyArray<readonly [string, Uint8Array]> => {
  const folder = new URL(`${path}/`, root)
  return readdirSync(folder).map((name) => [name, readFileSync(new URL(encodeURIComponent(name), folder))])
}

export interface WycheproofFile<Group> {
  readonly numberOfTests: number
  readonly testGroups: ReadonlyArray<Group>
}
