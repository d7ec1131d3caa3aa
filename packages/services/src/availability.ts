import { accessSync, constants } from "node:fs"

/** Whether a server can be started here and, if not, why and how to get it. */
export type Availability =
  | { readonly available: true }
  | { readonly available: false; readonly why: string; readonly how: string }

/** One server that tests and the demo use. */
export interface Service {
  readonly name: string
  /** The Debian packages that bring it. */
  readonly packages: ReadonlyArray<string>
  /** Each inner list holds the places where one needed program may be. */
  readonly programs: ReadonlyArray<ReadonlyArray<string>>
  /** What to tell debconf before the installation. */
  readonly debconf?: string
}

export const SERVICES = {
  slapd: {
    name: "slapd",
    packages: ["slapd", "openssl"],
    programs: [["/usr/sbin/slapd"], ["/usr/sbin/slapadd"], ["/usr/bin/openssl"]],
    debconf: "slapd slapd/no_configuration boolean true",
  },
  curl: { name: "curl", packages: ["curl", "ca-certificates"], programs: [["/usr/bin/curl"]] },
  chromium: {
    name: "chromium",
    packages: ["chromium"],
    programs: [["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]],
  },
  redis: {
    name: "redis",
    packages: ["redis-server"],
    programs: [["/usr/bin/redis-server"]],
  },
} as const satisfies Readonly<Record<string, Service>>

/** The first place where each program of a service is; throws when one is missing. */
export const programsOf = (service: Service): ReadonlyArray<string> => {
  const state = availabilityOf(service)
  if (!state.available) throw new Error(`${state.why}; to get it: ${state.how}`)
  return service.programs.map((places) => places.find(isProgram) ?? "")
}

export const availabilityOf = (service: Service): Availability => {
  const missing = service.programs.filter((places) => !places.some(isProgram)).map(([first]) => first)
  if (missing.length === 0) return { available: true }
  return {
    available: false,
    why: `${service.name} is not installed: ${missing.join(", ")} missing`,
    how: `pnpm services (as root on Debian), or: apt-get install --no-install-recommends ${service.packages.join(" ")}`,
  }
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
