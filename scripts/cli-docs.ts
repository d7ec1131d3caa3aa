import { writeFile } from "node:fs/promises"
import { cliPage, cliPagePath } from "./cli-docs/page.ts"

await writeFile(cliPagePath, await cliPage())
