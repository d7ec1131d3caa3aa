import { readFileSync } from "node:fs"

/** The version in the package's own package.json, which is next to both `src` and `dist`. */
export const version = (): string => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8")
  const { version }: { readonly version: string } = JSON.parse(text)
  return version
}
