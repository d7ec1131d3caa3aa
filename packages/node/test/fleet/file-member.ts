import { fileStorage } from "../../src/index.ts"
import { member } from "./member.ts"

member((directory) => fileStorage({ directory }))
