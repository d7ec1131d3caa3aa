import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startIssuer } from "@bearerkit/issuer"
import { makeCertificate, startTlsFront } from "@bearerkit/services"
import { expect, test } from "vitest"
import { runCommand } from "./support/command.ts"
import { claimsOf, secret } from "./support/issuer.ts"

test("an issuer of a private certificate authority: NODE_EXTRA_CA_CERTS, which the error names", async () => {
  await using folder = await temporaryFolder()
  const certificate = await makeCertificate(folder.path)
  await using front = await startTlsFront(certificate)
  await using issuer = await startIssuer({
    config: {
      issuer: front.url,
      clients: [{ id: "service", secret, grants: ["client_credentials"] }],
      apis: [{ audience: "reports", scopes: ["read"] }],
    },
  })
  front.leadTo(issuer.port)
  const env = { BEARERKIT_ISSUER: front.url, BEARERKIT_CLIENT_ID: "service", BEARERKIT_CLIENT_SECRET: secret }
  expect(await runCommand(["token", "--audience", "reports"], { env })).toEqual({
    code: 6,
    signal: null,
    stdout: "",
    stderr:
      `error: ${front.url}/.well-known/openid-configuration could not be reached (UNABLE_TO_VERIFY_LEAF_SIGNATURE). [unreachable]\nfix:   ` +
      "Have Node trust who signed the server's certificate: start it with NODE_EXTRA_CA_CERTS=FILE, " +
      "a file with that authority's certificate as PEM.\n",
  })
  const trusting = { ...env, NODE_EXTRA_CA_CERTS: certificate.caFile }
  const { code, stdout, stderr } = await runCommand(["token", "--audience", "reports"], { env: trusting })
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  expect(claimsOf(stdout)).toMatchObject({ aud: "reports", iss: front.url })
})

const temporaryFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), "bearerkit-cli-tls-"))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}
