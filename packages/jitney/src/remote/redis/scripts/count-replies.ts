/** How many replies a client has not settled. Arguments: retention. */
export const countReplies = `
local known = KEYS[firstClientKey]
expire(known, KEYS[firstClientKey + 1], tonumber(ARGV[1]))
return math.max(0, redis.call('HLEN', known) - 1)
`
