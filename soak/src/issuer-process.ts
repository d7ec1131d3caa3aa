import { type FaultyIssuer, type FaultyIssuerOptions, type IssuerLog, startFaultyIssuer } from "./faulty-issuer.ts"

/** What the process is asked. */
export type IssuerAsk =
  | { readonly start: FaultyIssuerOptions }
  | { readonly storming: boolean }
  | { readonly log: true }
  /** What a process has sent since, or has no answer to. */
  | { readonly sentBy: string; readonly since: number }

export type IssuerTold = Partial<IssuerLog> & { readonly url?: string; readonly port?: number }

let issuer: FaultyIssuer | undefined

const answer = async (question: IssuerAsk): Promise<IssuerTold> => {
  if ("start" in question) {
    issuer = await startFaultyIssuer(question.start)
    return { url: issuer.url, port: issuer.port }
  }
  if (issuer === undefined) throw new Error("the issuer has not been started")
  if ("storming" in question) {
    issuer.storming = question.storming
    return {}
  }
  if ("log" in question) return issuer.log()
  const { sentBy, since } = question
  const isRecent = (answeredAt: number | undefined): boolean => answeredAt === undefined || answeredAt >= since
  return { sendings: issuer.log().sendings.filter((each) => each.process === sentBy && isRecent(each.answeredAt)) }
}

process.on("message", (question: IssuerAsk) => void answer(question).then((told) => process.send?.(told)))
process.on("disconnect", () => process.exit())
