import { writeFile } from "node:fs/promises"
import { optionsPage, optionsPagePath } from "./options-docs/page.ts"

await writeFile(optionsPagePath, await optionsPage())
