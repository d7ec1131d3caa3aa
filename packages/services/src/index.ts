export { type Availability } from "./availability.ts"
export {
  type Browser,
  type BrowserContext,
  type BrowserOptions,
  isBrowserAvailable,
  type Page,
  startBrowser,
} from "./browser.ts"
export { type Certificate, makeCertificate } from "./certificate.ts"
export { isCurlAvailable } from "./curl.ts"
export { type PersonAnswers } from "./form.ts"
export { type Gate, startGate } from "./gate.ts"
export { type LdapEntry } from "./ldif.ts"
export { type Arrival, Person } from "./person.ts"
export { type Platform, startPlatform } from "./platform.ts"
export { freePorts } from "./port.ts"
export { isRedisAvailable, type RedisOptions, type RedisServer, startRedis } from "./redis.ts"
export {
  isSlapdAvailable,
  type LdapGroup,
  type LdapPerson,
  type Slapd,
  type SlapdOptions,
  startSlapd,
} from "./slapd.ts"
export { startTlsFront, type TlsFront } from "./tls-front.ts"
export { type Application, locationOf, Visitor, type VisitorOptions } from "./visitor.ts"
