import type { Target, TargetInput } from "@bearerkit/core"

/** A checked target as a caller would write it. */
export const inputOf = ({ audiences, resources, scopes, organization }: Target): TargetInput => ({
  audience: audiences,
  resource: resources,
  scope: scopes,
  organization,
})
