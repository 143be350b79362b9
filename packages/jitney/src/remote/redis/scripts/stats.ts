/**
 * Answers with how many wait, are delayed, are held, are dead and are not done, the age of the oldest
 * that waits, the clients, and for each worker its name, what it holds and how long it is silent.
 * Arguments: milliseconds after which a silent worker or client is forgotten.
 */
export const stats = `
redis.call('ZREMRANGEBYSCORE', workers, '-inf', now - tonumber(ARGV[1]))
redis.call('ZREMRANGEBYSCORE', clients, '-inf', now - tonumber(ARGV[1]))
local holding = {}
for _, fact in ipairs(factsOf(redis.call('ZRANGE', held, 0, -1))) do
  if fact then holding[fact[WORKER]] = (holding[fact[WORKER]] or 0) + 1 end
end
local told = {}
local known = redis.call('ZRANGE', workers, 0, -1, 'WITHSCORES')
for place = 1, #known, 2 do
  add(told, known[place], holding[known[place]] or 0, math.max(0, now - known[place + 1]))
end
-- The first of each priority is the oldest of it.
local oldest = now
for class = -1, 1 do
  local from = -class * 2 ^ 50
  local first = redis.call('ZRANGEBYSCORE', waiting, from, from + 2 ^ 49, 'LIMIT', 0, 1)
  local fact = factsOf(first)[1]
  if fact then oldest = math.min(oldest, fact[SUBMITTED]) end
end
return {
  redis.call('ZCARD', waiting), redis.call('ZCARD', later), redis.call('ZCARD', held),
  redis.call('ZCARD', dead), redis.call('HLEN', items), now - oldest,
  redis.call('ZRANGE', clients, 0, -1), told,
}
`
