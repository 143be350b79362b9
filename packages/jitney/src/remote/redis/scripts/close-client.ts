/** Forgets a client: replies to it are kept no more. Arguments: client. */
export const closeClient = `
redis.call('ZREM', clients, ARGV[1])
redis.call('DEL', KEYS[firstClientKey], KEYS[firstClientKey + 1])
`
