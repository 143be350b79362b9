/**
 * Dead letters from the one after an id, if there is one, else from the oldest: for each its id, body,
 * attempts, age and reason. Arguments: how many, the id or nothing.
 */
export const listDeadLetters = `
local rank = ARGV[2] ~= '' and redis.call('ZRANK', dead, ARGV[2])
local from = rank and rank + 1 or 0
local ids = redis.call('ZRANGE', dead, from, from + ARGV[1] - 1, 'WITHSCORES')
local told = {}
for place = 1, #ids, 2 do
  local grave = cmsgpack.unpack(redis.call('HGET', graves, ids[place]))
  add(told, ids[place], grave[1], grave[3], math.max(0, now - ids[place + 1]), grave[2])
end
return told
`

/** Queues dead letters again, as a first attempt that nobody waits for. Arguments: ids. Answers how many. */
export const retryDeadLetters = `
local change, count = changes(), 0
for _, id in ipairs(ARGV) do
  local packed = redis.call('HGET', graves, id)
  if packed then
    local grave = cmsgpack.unpack(packed)
    redis.call('HDEL', graves, id)
    redis.call('ZREM', dead, id)
    redis.call('HSET', items, id, grave[1])
    note(change, id, { grave[4], -1, now, 0, 0, grave[5], '', 0 })
    add(change.waiting, grave[4], id)
    count = count + 1
  end
end
write(change)
return count
`

/** Deletes dead letters. Arguments: ids. Answers how many. */
export const removeDeadLetters = `
each('HDEL', graves, ARGV)
local count = 0
for _, id in ipairs(ARGV) do count = count + redis.call('ZREM', dead, id) end
return count
`
