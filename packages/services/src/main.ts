#!/usr/bin/env node
import { parseArgs } from "node:util"

import { aptInstall, whyNoApt } from "./apt.ts"
import { availabilityOf, type Service, SERVICES } from "./availability.ts"

const HELP = `pnpm services [--check] [--help]

Installs what the tests and the demo need and the system lacks, where it may: as root on Debian.
Nothing is started; each test starts its own server on a free loopback port.
Elsewhere it says what is missing and how to get it. With CI=true a missing service is a failure.

  --check   report only, install nothing
  --help    this text`

const main = (): number => {
  const { values } = parseArgs({ options: { check: { type: "boolean" }, help: { type: "boolean", short: "h" } } })
  if (values.help === true) {
    console.log(HELP)
    return 0
  }
  const before = missing()
  if (before.length > 0 && values.check !== true) install(before)
  return report()
}

const missing = (): ReadonlyArray<Service> =>
  Object.values(SERVICES).filter((service) => !availabilityOf(service).available)

const install = (services: ReadonlyArray<Service>): void => {
  const names = services.map((service) => service.name).join(", ")
  const why = whyNoApt()
  if (why !== undefined) {
    console.log(`services: cannot install ${names}: ${why}`)
    return
  }
  console.log(`services: installing ${names} …`)
  try {
    aptInstall(services)
  } catch (error) {
    console.error(`services: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const report = (): number => {
  let lacking = false
  for (const service of Object.values(SERVICES)) {
    const state = availabilityOf(service)
    lacking ||= !state.available
    if (state.available) console.log(`services: ${service.name} is there`)
    else console.log(`services: ${state.why}; its tests are skipped. To get it: ${state.how}`)
  }
  return lacking && process.env["CI"] === "true" ? 1 : 0
}

try {
  process.exitCode = main()
} catch (error) {
  console.error(`services: ${error instanceof Error ? error.message : String(error)}; see --help`)
  process.exitCode = 2
}
