/** The first items that wait: for each its id, body, attempts and age. Arguments: how many. */
export const peek = `
local ids = redis.call('ZRANGE', waiting, 0, ARGV[1] - 1)
local bodies, told = each('HMGET', items, ids), {}
for place, fact in ipairs(factsOf(ids)) do
  add(told, ids[place], bodies[place], fact[ATTEMPTS], now - fact[SUBMITTED])
end
return told
`
