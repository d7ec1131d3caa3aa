import { assert, it } from "vitest"
import {
  BearerError,
  type ClientOptions,
  clientCredentials,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  createClient,
  generateDpopKey,
  memoryStorage,
} from "../src/index.ts"

const svc = (options: object) =>
  createClient({ issuer: "https://issuer.example", clientId: "svc", ...options } as ClientOptions)

it("options that cannot work throw at once", () => {
  assert.throws(() => svc({ apis: { "https://api.example/v1": {} } }), BearerError, /is not an origin/)
  assert.throws(() => svc({ clientId: "" }), BearerError, /clientId is missing/)
  assert.throws(() => svc({ target: { audience: "" } }), BearerError, /option target\.audience must be a non-empty/)
  const apis = { "https://api.example": { scope: 'a"b' } }
  assert.throws(() => svc({ apis }), BearerError, /option apis\["https:\/\/api\.example"\]\.scope has a character/)
  assert.throws(() => svc({ issuer: undefined }), BearerError, /issuer is missing/)
  for (const wrong of [Number.NaN, 0, -1, "soon"]) {
    assert.throws(() => svc({ timeout: wrong }), BearerError, /timeout must be above 0/)
    assert.throws(() => svc({ apiTimeout: wrong }), BearerError, /apiTimeout must be above 0/)
  }
  assert.throws(() => svc({ issuer: "issuer.example" }), BearerError, /issuer is not an absolute URL.*https:\/\//)
  assert.throws(() => svc({ issuer: "http://issuer.example" }), BearerError, /issuer must be an https URL/)
  const forgotten: ReadonlyArray<readonly [object, RegExp]> = [
    [{ flow: clientCredentials }, /flow is not what it has to be\. Call .*clientCredentials\(\)/],
    [{ storage: memoryStorage }, /storage is not what it has to be\. Call .*fileStorage\(\)/],
    [{ storage: null }, /storage is not what it has to be/],
    [{ dpop: generateDpopKey() }, /dpop is not what it has to be\. Await .*await generateDpopKey\(\)/],
  ]
  for (const [wrong, message] of forgotten) assert.throws(() => svc(wrong), BearerError, message)
  for (const auth of [clientSecretBasic, clientSecretPost, clientSecretJwt]) {
    const missing = auth(process.env["NOT_SET"] as string)
    assert.throws(() => svc({ clientAuth: missing }), BearerError, /clientSecret is missing.*variable or file/)
  }
})
