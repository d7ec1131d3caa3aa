import { memoryLockLayer } from "../../src/store/lock.ts"
import { lockLaws } from "../laws/lock.ts"

lockLaws("memory", memoryLockLayer)
