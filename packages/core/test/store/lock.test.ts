import { Lock } from "../../src/store/lock.ts"
import { lockLaws } from "../laws/lock.ts"

lockLaws("memory", Lock.layerMemory)
