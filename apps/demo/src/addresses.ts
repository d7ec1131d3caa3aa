import { ada, audiences, clients } from "./world/people.ts"
import type { World } from "./world/world.ts"

/** What a person can try while the demo keeps running. */
export const addresses = ({ issuer, api, web, spa, secrets }: World): ReadonlyArray<string> => [
  "",
  `Still running; stop with Ctrl-C. Meanwhile, in a browser: ${web.url} and ${spa.url}`,
  `(sign in as ${ada.username} with the password ${secrets.adaPassword})`,
  "",
  "In another terminal:",
  "",
  `  curl ${issuer.url}/.well-known/openid-configuration`,
  `  curl -i ${api.url}/whoami`,
  "",
  `  export BEARERKIT_ISSUER=${issuer.url} BEARERKIT_CLIENT_ID=${clients.reporter}`,
  `  export BEARERKIT_CLIENT_SECRET=${secrets.reporter}`,
  `  npx --yes pnpm@12.21.0 bearerkit token --audience ${audiences.orders} --header | curl -H @- ${api.url}/whoami`,
]
