import { adapterLaws } from "../../core/test/laws/adapter.ts"
import { adapterPage } from "./support/adapter-page.ts"

adapterLaws("@bearerkit/browser", async (world) => {
  const { client, origin } = await adapterPage(world)
  return {
    token: (options) => client.token(world.target, options),
    fetch: client.fetch,
    close: client.close,
    printable: client,
    origin,
  }
})
