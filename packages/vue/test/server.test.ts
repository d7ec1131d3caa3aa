import { renderToString } from "@vue/server-renderer"
import { expect, it } from "vitest"
import { createSSRApp, defineComponent, h } from "vue"
import { createAuth, useAuth } from "../src/index.ts"

const options = { issuer: "https://issuer.test", clientId: "app", redirectUri: "https://app.test/callback" }
const root = defineComponent(() => {
  const { status, isLoading, user } = useAuth()
  return () => h("p", `${status.value} ${isLoading.value} ${user.value?.name}`)
})

it("a server renders what it knows: nothing yet; and requests share nothing", async () => {
  const logins = [createAuth(options), createAuth(options)]
  const pages = logins.map((auth) => renderToString(createSSRApp(root).use(auth)))
  expect(await Promise.all(pages)).toEqual(["<p>signed-out true undefined</p>", "<p>signed-out true undefined</p>"])
  expect(logins[0]?.state.value).not.toBe(logins[1]?.state.value)
  await expect(logins[0]?.token()).rejects.toMatchObject({ code: "login_required" })
})
