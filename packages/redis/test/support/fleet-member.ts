import { member } from "../../../node/test/fleet/member.ts"
import { fleetStorage } from "./fleet-storage.ts"

member(fleetStorage)
