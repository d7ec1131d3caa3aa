import { parseArgs } from "node:util"
import { type Break, breaks } from "./world/break.ts"

export interface Options {
  readonly once: boolean
  readonly json: boolean
  readonly only: string
  readonly audit: string | undefined
  readonly broken: Break | undefined
  readonly help: boolean
}

/** Reads the command line; throws with one sentence for people when it is wrong. */
export const parseOptions = (args: ReadonlyArray<string>): Options => {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== "--"),
    options: {
      once: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      audit: { type: "string" },
      break: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  const broken = values.break
  if (broken !== undefined && !isBreak(broken)) {
    throw new Error(`--break is one of ${Object.keys(breaks).join(", ")}, not ${broken}`)
  }
  return { ...values, audit: values.audit, broken, once: values.once || broken !== undefined }
}

const isBreak = (text: string): text is Break => Object.hasOwn(breaks, text)

export const help = `pnpm demo [options]

Starts an issuer with a user database and, where it is installed, an LDAP directory, APIs that check tokens, and a web
app that signs people in; gets tokens by every flow there is, calls the API with each, and tells what happened. Then it
keeps running.

  --once          exit after the tour: 0 if every step held, else 1
  --only PREFIX   take only the steps whose name begins so, such as service/ or api/accepts
  --json          one JSON object per step and line on stdout, nothing else there
  --audit FILE    write what the issuer issued, one JSON object per line, when the tour is over
  --break WAY     break the world first, and exit after the tour:
${Object.entries(breaks)
  .map(([way, effect]) => `                    ${way.padEnd(15)} ${effect}`)
  .join("\n")}
  --help          this text

With CI=true it first installs the servers that the tour needs, where it may.
`
