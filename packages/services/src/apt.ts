import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"

import type { Service } from "./availability.ts"

const POLICY = "/usr/sbin/policy-rc.d"

/** Whether packages can be installed here, or why not. */
export const whyNoApt = (): string | undefined => {
  if (!isDebian()) return "this is not Debian or one of its kin"
  return process.getuid?.() === 0 ? undefined : "you are not root"
}

/** Installs packages without a question, and without starting the daemons they bring. */
export const aptInstall = (services: ReadonlyArray<Service>): void => {
  const packages = services.flatMap((service) => service.packages)
  const answers = services.flatMap((service) => service.debconf ?? [])
  withoutDaemons(() => {
    run(["apt-get", "update", "-qq"])
    if (answers.length > 0) run(["debconf-set-selections"], `${answers.join("\n")}\n`)
    run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...packages])
  })
}

const isDebian = (): boolean =>
  existsSync("/usr/bin/apt-get") &&
  existsSync("/etc/os-release") &&
  /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"))

// invoke-rc.d asks this program before it starts anything; 101 is "no" (Debian policy §9.3.3).
const withoutDaemons = (install: () => void): void => {
  if (existsSync(POLICY)) {
    install()
    return
  }
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 })
  try {
    install()
  } finally {
    rmSync(POLICY, { force: true })
  }
}

const run = ([command = "", ...args]: ReadonlyArray<string>, input?: string): void => {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", APT_LISTCHANGES_FRONTEND: "none" },
    ...(input === undefined ? {} : { input }),
  })
  if (status === 0) return
  const output = `${stdout ?? ""}${stderr ?? ""}`.trim().split("\n").slice(-20).join("\n")
  throw new Error(`${command} ${args.join(" ")} failed${error === undefined ? "" : `: ${error.message}`}\n${output}`)
}
