import { isSlapdAvailable } from "@bearerkit/services"

const state = isSlapdAvailable()

/** True where slapd is missing and may be; in CI the tests run and fail instead. */
export const withoutSlapd = !state.available && process.env["CI"] !== "true"

if (!state.available && withoutSlapd) process.stderr.write(`\nSKIPPED: ${state.why}. To get it: ${state.how}\n\n`)
