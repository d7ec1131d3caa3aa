import { createHash } from "node:crypto"

/** A Lua script. Redis runs it atomically; each has one key, so that it works in a cluster too. */
export interface Script {
  readonly text: string
  readonly sha1: string
}

/** What a write or a removal expects to find. */
export const expectation = (version: string | null | undefined): string => {
  if (version === undefined) return "*"
  return version === null ? "-" : `=${version}`
}

const script = (text: string): Script => ({ text, sha1: createHash("sha1").update(text).digest("hex") })

// what is not an entry of ours counts as missing
const current = `
local version = string.match(redis.call('GETRANGE', KEYS[1], 0, 24), '^1:([%w_%-]+):$')
local current = version and '=' .. version or '-'
`

/** A script and not `GET`, which a cluster may send to a stale replica. */
export const read = script("return redis.call('GET', KEYS[1])")

/** Expected, version, entry, milliseconds. A repeated write finds its own version and succeeds. */
export const write = script(`${current}
if version == ARGV[2] then return 1 end
if ARGV[1] ~= '*' and ARGV[1] ~= current then return 0 end
if ARGV[4] == '0' then redis.call('DEL', KEYS[1])
elseif ARGV[4] == '' then redis.call('SET', KEYS[1], ARGV[3])
else redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) end
return 1`)

/** Expected. */
export const remove = script(`${current}
if ARGV[1] ~= '*' and current ~= '-' and ARGV[1] ~= current then return 0 end
redis.call('DEL', KEYS[1])
return 1`)

/** Owner, milliseconds. */
export const take = script(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

/** Owner, milliseconds. An expired lock is not taken again: another may have had it meanwhile. */
export const extend = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)

/** Owner. */
export const release = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1`)
