declare module "jsonwebtoken" {
  import type { KeyObject } from "node:crypto"

  interface VerifyOptions {
    readonly algorithms: ReadonlyArray<string>
    readonly issuer: string
    readonly audience: string
  }
  const jsonwebtoken: {
    readonly verify: (token: string, key: KeyObject | Buffer | string, options: VerifyOptions) => unknown
  }
  export default jsonwebtoken
}
