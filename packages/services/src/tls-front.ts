import { readFileSync } from "node:fs"
import { type AddressInfo, connect, type Socket } from "node:net"
import { createServer } from "node:tls"
import type { Certificate } from "./certificate.ts"

/** A server with a certificate before one that has none, as a load balancer is. */
export interface TlsFront extends AsyncDisposable {
  readonly port: number
  /** `https:`, by the address that the certificate is for. */
  readonly url: string
  /** How many connections were trusted and opened. */
  readonly connections: () => number
  /** To which port of this machine it leads. */
  readonly leadTo: (port: number) => void
}

export const startTlsFront = async ({ certFile, keyFile }: Certificate): Promise<TlsFront> => {
  let target = 0
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (outside) => {
    connections += 1
    const inside = connect(target, "127.0.0.1")
    sockets.add(outside)
    outside.once("close", () => {
      sockets.delete(outside)
      inside.destroy()
    })
    outside.on("error", () => outside.destroy())
    inside.on("error", () => outside.destroy())
    outside.pipe(inside).pipe(outside)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    port,
    url: `https://127.0.0.1:${port}`,
    connections: () => connections,
    leadTo: (behind) => void (target = behind),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
