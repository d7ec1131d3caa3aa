import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { clientOptions } from "../src/option/client.ts"
import { flowOptions } from "../src/option/flow.ts"
import { targetOptions } from "../src/option/target.ts"
import { runCommand, startCommand } from "./support/command.ts"

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

test("bearerkit token --help lists every option with its variable, and how to give secrets", async () => {
  const { code, stdout, stderr } = await runCommand(["token", "--help"])
  const names = Object.keys({ ...clientOptions, ...flowOptions, ...targetOptions }).map(kebab)
  for (const name of [...names, "quiet", "no-input"]) {
    const variable = `BEARERKIT_${name.toUpperCase().replaceAll("-", "_")}`
    expect(stdout).toMatch(new RegExp(`--${name} .*\\[${variable}\\]`))
  }
  for (const name of ["CLIENT_SECRET", "PASSWORD", "PRIVATE_KEY"]) expect(stdout).toContain(`BEARERKIT_${name} `)
  for (const option of ["--header", "--json", "--format NAME", "--min-ttl SECONDS"])
    expect(stdout).toContain(`  ${option} `)
  expect(stdout).toContain("curl -H @-")
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
})

test("bearerkit --help lists the commands, without colour where there is no terminal", async () => {
  const { code, stdout, stderr } = await runCommand(["--help"])
  expect(stdout).toMatch(/^ {2}token +Get a token/m)
  expect(stdout).not.toContain("\u{1b}")
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
})

test("bearerkit --version prints the version of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
  expect(await runCommand(["--version"])).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: "" })
})

test("without a command the help goes to stderr: a script must not take it for a token", async () => {
  const { outcome } = startCommand([])
  const { code, stdout, stderr } = await outcome
  expect(stderr).toContain("SUBCOMMANDS")
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
})
