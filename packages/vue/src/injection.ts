import { hasInjectionContext, inject, type InjectionKey } from "vue"
import type { Auth } from "./auth.ts"
import type { RegisteredAuth } from "./register.ts"

/** The key under which an application provides its login. */
export const authKey: InjectionKey<Auth<never> | Auth<unknown>> = Symbol("@bearerkit/vue")

/** The login of the application that a component, or what it calls, belongs to. */
export const injectAuth = (): RegisteredAuth => {
  const auth = hasInjectionContext() ? inject(authKey, undefined) : undefined
  if (auth === undefined) {
    throw new Error("No auth found; install it with app.use(createAuth(...)), and ask for it in setup() only.")
  }
  return auth as RegisteredAuth
}
