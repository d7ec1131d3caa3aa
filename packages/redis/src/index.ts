export { type Address as RedisAddress, type RedisClient } from "./client.ts"
export { redis, redisOver, type RedisOptions, type RedisStorageOptions } from "./redis.ts"
