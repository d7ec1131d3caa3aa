import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { type Certificate, makeCertificate, startTlsFront, type TlsFront } from "@bearerkit/services"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { getCACertificates, setDefaultCACertificates } from "node:tls"
import { afterAll, afterEach, assert, beforeAll, describe, it } from "vitest"
import { caught, orders, service, serviceSecret } from "./support/world.ts"

const usual = getCACertificates("default")
let folder: string
let certificate: Certificate
let front: TlsFront
let issuer: Issuer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bearerkit-tls-"))
  certificate = await makeCertificate(folder)
  front = await startTlsFront(certificate)
  issuer = await startIssuer({
    config: {
      issuer: front.url,
      clients: [{ id: "service", secret: serviceSecret, grants: ["client_credentials"] }],
      apis: [{ audience: orders, scopes: ["read", "write"] }],
    },
    collectSecrets: true,
  })
  front.leadTo(issuer.port)
})
afterEach(() => setDefaultCACertificates(usual))
afterAll(async () => {
  await issuer.close()
  await front[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

describe("an issuer behind TLS", () => {
  it("is asked over one connection where Node trusts its certificate's authority", async () => {
    setDefaultCACertificates([...usual, certificate.ca])
    await using client = service(issuer)
    const before = front.connections()
    for (const scope of ["read", "write", "read write"]) {
      assert.strictEqual((await client.credential({ audience: orders, scope })).type, "Bearer")
    }
    assert.strictEqual(issuer.countGrants("client_credentials"), 3)
    assert.strictEqual(front.connections() - before, 1)
  })

  it("is unreachable for good where nobody trusts it, and the error says what to trust", async () => {
    // a connection that was trusted would be used again
    await using stranger = await startTlsFront(certificate)
    await using client = service(issuer, { issuer: stranger.url })
    const { code, retryable, message } = await caught(client.token({ audience: orders }))
    assert.deepStrictEqual({ code, retryable }, { code: "unreachable", retryable: false })
    assert.isTrue(message.startsWith(`${stranger.url}/.well-known/openid-configuration could not be reached (`))
    assert.match(message, untrusted)
  })

  it("tells the same of an API, which is called with fetch", async () => {
    setDefaultCACertificates([...usual, certificate.ca])
    await using stranger = await startTlsFront(certificate)
    await using client = service(issuer, { apis: { [stranger.url]: { audience: orders } } })
    await client.token({ audience: orders })
    setDefaultCACertificates(usual)
    const { code, retryable, message } = await caught(client.fetch(`${stranger.url}/list`))
    assert.deepStrictEqual({ code, retryable }, { code: "unreachable", retryable: false })
    assert.isTrue(message.startsWith(`${stranger.url}/list could not be reached (`))
    assert.match(message, untrusted)
  })
})

/** OpenSSL's name for it depends on what of the chain it has seen. */
const untrusted =
  /\((?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)\)\. Have Node trust who signed the server's certificate: start it with NODE_EXTRA_CA_CERTS=FILE, a file with that authority's certificate as PEM\.$/
