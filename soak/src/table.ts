import { faultRates } from "./plan.ts"
import type { Report } from "./soak.ts"

/** A report as a table. */
export const table = ({ plan, storm, log, judged, answers, took, problems }: Report): string => {
  const verdicts = Map.groupBy(judged, ({ verdict = "not as it should be" }) => verdict)
  const faults = Object.keys(faultRates).map((fault) => [
    fault,
    log.sendings.filter((each) => each.fault === fault).length,
  ])
  const rows: ReadonlyArray<readonly [string, number | string]> = [
    ["seed", plan.seed],
    ["sessions", plan.sessions],
    [
      "seconds",
      Object.entries(took)
        .map(([part, seconds]) => `${part} ${seconds.toFixed(0)}`)
        .join(", "),
    ],
    ["requests", [...answers].map(([what, n]) => `${n} ${what}`).join(", ")],
    ["renewals at the issuer", log.refreshes.filter(({ outcome }) => outcome === "ok").length],
    ["faults injected", faults.map(([fault, n]) => `${fault} ${n}`).join(", ")],
    ["processes killed", storm.kills.length],
    ["Redis away, ms", storm.redisAway],
    ...[...verdicts].toSorted().map(([verdict, those]) => [verdict, those.length] as const),
    ["problems", problems.length],
  ]
  return rows.map(([name, value]) => `${name.padEnd(24)} ${value}\n`).join("")
}
