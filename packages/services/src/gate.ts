import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { pipeline } from "node:stream"

/** A door on this machine before a server that answers elsewhere. */
export interface Gate extends AsyncDisposable {
  readonly url: string
  /** To which port of this machine it leads. */
  readonly leadTo: (port: number) => void
  /** Lets nothing through any more; done when something waits before it. */
  readonly shut: () => Promise<void>
  /** Lets through what waits and what comes. */
  readonly open: () => void
}

/** Opens one that is not shut. */
export const startGate = async (): Promise<Gate> => {
  let target = 0
  let passage = Promise.resolve()
  let open = (): void => {}
  let arrived = (): void => {}
  const sockets = new Set<Socket>()

  const whenOpen = async function* (bytes: AsyncIterable<Buffer>) {
    for await (const part of bytes) {
      arrived()
      await passage
      yield part
    }
  }
  const server = createServer((outside) => {
    const inside = connect(target, "127.0.0.1")
    for (const socket of [outside, inside]) {
      sockets.add(socket)
      socket.once("close", () => sockets.delete(socket))
    }
    pipeline(outside, whenOpen, inside, () => outside.destroy())
    pipeline(inside, outside, () => inside.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (port) => void (target = port),
    shut: () => {
      passage = new Promise((resolve) => (open = resolve))
      return new Promise((resolve) => (arrived = resolve))
    },
    open: () => open(),
    [Symbol.asyncDispose]: async () => {
      open()
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
