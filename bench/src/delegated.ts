import { createClient } from "@bearerkit/node"
import { heap } from "./heap.ts"
import { type BenchResult, limit, ours, summarise } from "./result.ts"
import { makeCorpus, signDistinct } from "./tokens.ts"

/** What a client holds for each of ten thousand subjects that it acts for, beyond their tokens. */
export const delegatedMemory = async (rounds: number): Promise<BenchResult> => {
  const samples: Array<number> = []
  for (let round = 0; round < rounds; round++) samples.push(await heldPerSubject())
  const title = `heap per subject beyond its delegated token, of ${subjects.toLocaleString("en")} subjects`
  const all = new Map([
    [ours, samples],
    [limit, samples.map(() => 2)],
  ])
  return { ...summarise({ suite: "memory", case: title }, all), unit: "kB" }
}

const subjects = 10_000
/** Characters of a delegated token. */
const length = 1000

const heldPerSubject = async (): Promise<number> => {
  const sign = signDistinct(await makeCorpus("HS256"))
  let issued = 0
  const answer = async () => {
    issued += 1
    const token = { access_token: String(issued).padStart(length, "t"), token_type: "Bearer", expires_in: 3600 }
    return Response.json({ ...token, issued_token_type: "urn:ietf:params:oauth:token-type:access_token" })
  }
  await using client = createClient({ issuer, clientId: "bench", metadata, fetch: answer })
  const target = { audience: "https://api.example" }
  await client.delegate(sign(), target)
  const before = heap()
  for (let n = 0; n < subjects; n++) await client.delegate(sign(), target)
  const held = heap() - before
  // the client and what it holds live at least as long as the look at them
  await client.delegate(sign(), target)
  return (held / subjects - length) / 1000
}

const issuer = "http://127.0.0.1"
const metadata = { issuer, tokenEndpoint: `${issuer}/token` }
