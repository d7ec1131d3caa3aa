import { folderVariable } from "./journal.ts"

/** The environment in which a process of its own that holds servers is watched as well. */
export const watched = (): Readonly<Record<string, string>> => {
  const folder = process.env[folderVariable]
  const child = new URL("child.ts", import.meta.url).href
  return folder === undefined ? {} : { [folderVariable]: folder, NODE_OPTIONS: `--import=${child}` }
}
