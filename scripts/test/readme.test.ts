import { execFile, spawn } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, it } from "vitest"
import { freePorts, Person, Visitor } from "../../packages/services/src/index.ts"
import { allPages, firstScreens, firstServers, programsOf } from "../readme/programs.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const run = promisify(execFile)

/** Where the programs of some pages are compiled: beside packages that they can import. */
interface Place {
  readonly folder: string
  readonly tsconfig: object
  readonly has: (page: string) => boolean
}

const referring = (names: ReadonlyArray<string>) => names.map((name) => ({ path: `${root}/packages/${name}` }))

const places: ReadonlyArray<Place> = [
  {
    folder: "examples/readme-programs",
    tsconfig: {
      extends: "../tsconfig.json",
      compilerOptions: { noUnusedLocals: false, lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable"] },
      include: ["."],
      references: referring(["core", "node", "browser", "hono", "redis", "cloudflare", "issuer"]),
    },
    has: (page) => page !== "packages/vue/README.md",
  },
  {
    folder: "apps/spa/readme-programs",
    tsconfig: {
      extends: "../src/tsconfig.json",
      compilerOptions: { noUnusedLocals: false },
      include: ["."],
      references: referring(["browser", "vue"]),
    },
    has: (page) => page === "packages/vue/README.md",
  },
]

it.each(places)("the programs of every README and page compile, in $folder", { timeout: 120_000 }, async (place) => {
  const { tsconfig, has } = place
  const folder = `${root}/${place.folder}`
  const pages = allPages().filter(has)
  const programs = (await Promise.all(pages.map(programsOf))).flat()
  expect(programs.length).toBeGreaterThan(3)
  await mkdir(folder, { recursive: true })
  try {
    for (const [index, program] of programs.entries()) await writeFile(`${folder}/${nameOf(program, index)}`, program)
    await writeFile(`${folder}/tsconfig.json`, JSON.stringify(tsconfig))
    await run(`${root}/node_modules/.bin/tsc`, ["-p", folder]).catch((error: { stdout?: string }) => {
      throw new Error(error.stdout)
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** A program may say what its file is called, for another that imports it. */
const nameOf = (program: string, index: number): string => /^\/\/ (\S+\.ts)\n/.exec(program)?.[1] ?? `${index}.ts`

it.for(await firstScreens())("what $page shows first runs as it stands there", { timeout: 120_000 }, async (screen) => {
  const folder = await mkdtemp(`${root}/examples/readme-programs-`)
  try {
    const [port] = await freePorts(1)
    await writeFile(`${folder}/first.ts`, screen.program.replaceAll("4000", String(port)))
    const { stdout } = await run(process.execPath, [`${folder}/first.ts`])
    expect(stdout).toMatch(screen.prints)
  } finally {
    await rm(folder, { recursive: true })
  }
})

it.for(await firstServers())("a person signs in at what $page shows first", { timeout: 120_000 }, async (screen) => {
  const folder = await mkdtemp(`${root}/examples/readme-programs-`)
  const [port] = await freePorts(1)
  await writeFile(`${folder}/first.ts`, screen.program.replaceAll("4000", String(port)))
  const server = spawn(process.execPath, [`${folder}/first.ts`], { stdio: ["ignore", "pipe", "inherit"] })
  try {
    const [, site = "", username = "", password = ""] = await printedBy(server.stdout, screen.prints)
    const visitor = new Visitor({ request: fetchOnce }, { site, person: new Person({ username, password }) })
    // fetch does not let it pass for a browser's, so it is no redirect
    expect((await visitor.get("/")).status).toBe(401)
    expect((await visitor.signIn()).status).toBe(303)
    expect(await (await visitor.get("/")).text()).toMatch(/Signed in as \S+</)
    expect((await visitor.post("/logout")).status).toBe(303)
    expect((await visitor.get("/")).status).toBe(401)
  } finally {
    const gone = new Promise((resolve) => server.once("close", resolve))
    server.kill()
    await gone
    await rm(folder, { recursive: true })
  }
})

const fetchOnce = (url: string, init: RequestInit): Promise<Response> => fetch(url, { ...init, redirect: "manual" })

const printedBy = async (output: Readable, expected: RegExp): Promise<RegExpMatchArray> => {
  let printed = ""
  for await (const text of output.setEncoding("utf8")) {
    printed += String(text)
    const found = printed.match(expected)
    if (found !== null) return found
  }
  throw new Error(`it ended, and had printed: ${printed}`)
}
