import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = new URL("../../../../../shared/vectors/", import.meta.url)

/** Public test vectors lie beside the project; where they are missing their tests are skipped, in CI they must be there. */
export const withoutVectors = !existsSync(root) && process.env["CI"] !== "true"

/** A file of vectors as JSON. */
export const readVectors = <A>(path: string): A => JSON.parse(readFileSync(new URL(path, root), "utf8")) as A

/** The files of a folder of vectors, as bytes by name. */
export const readFolder = (path: string): ReadonlyArray<readonly [string, Uint8Array]> =>
  existsSync(root)
    ? readdirSync(new URL(path, root)).map((name) => [name, readFileSync(join(fileURLToPath(root), path, name))])
    : []

export interface WycheproofFile<Group> {
  readonly numberOfTests: number
  readonly testGroups: ReadonlyArray<Group>
}
