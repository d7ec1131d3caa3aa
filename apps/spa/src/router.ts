import type { Auth } from "@bearerkit/vue"
import { authGuard } from "@bearerkit/vue/router"
import { nextTick } from "vue"
import { createRouter, createWebHistory, type Router } from "vue-router"
import { Account } from "./page/account.tsx"
import { Failed } from "./page/failed.tsx"
import { Home } from "./page/home.tsx"
import { Orders } from "./page/orders.tsx"
import { Vault } from "./page/vault.tsx"

export const makeRouter = (auth: Auth): Router => {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: "/", component: Home, meta: { auth: false, title: "Home" } },
      { path: "/account", component: Account, meta: { title: "Account" } },
      { path: "/orders", component: Orders, meta: { title: "Orders" } },
      { path: "/vault", component: Vault, meta: { acr: "gold", title: "Vault" } },
      { path: "/sign-in-failed", component: Failed, meta: { auth: false, title: "Sign-in failed" } },
      { path: "/:path(.*)", component: Home, meta: { auth: false, title: "Home" } },
    ],
  })
  router.beforeEach(authGuard(auth, { errorRoute: "/sign-in-failed" }))
  router.afterEach((to, from, failure) => {
    document.title = `${String(to.meta["title"])} · Orders`
    const isMove = failure === undefined && from.matched.length > 0 && to.path !== from.path
    // otherwise the focus stays on the link, and nothing tells that there is another page
    if (isMove) void nextTick(() => document.querySelector<HTMLElement>("#main")?.focus())
  })
  return router
}
