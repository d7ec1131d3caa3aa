import { type IssuerConfig, IssuerConfigError, startIssuer } from "../../src/index.ts"

/** Why an issuer does not start with this configuration. */
export const refusal = async (config: unknown): Promise<IssuerConfigError> => {
  try {
    const issuer = await startIssuer({ config: config as IssuerConfig })
    await issuer.close()
  } catch (error) {
    if (error instanceof IssuerConfigError) return error
    throw error
  }
  throw new Error("the configuration was accepted")
}
