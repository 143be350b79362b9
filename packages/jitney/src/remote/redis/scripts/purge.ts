/**
 * Deletes items that nobody holds. Arguments: retention, reply, then for each its id and the place of its
 * client's keys. Answers with how many there were.
 */
export const purge = `
local retention, reply = tonumber(ARGV[1]), ARGV[2]
local ids = {}
for place = 3, #ARGV, 2 do add(ids, ARGV[place]) end
local change, replies, count = changes(), {}, 0
for place, fact in ipairs(factsOf(ids)) do
  local id = ids[place]
  if fact and redis.call('ZREM', waiting, id) + redis.call('ZREM', later, id) > 0 then
    count = count + 1
    add(change.gone, id)
    if fact[WANTED] == 1 then
      add(repliesTo(replies, tonumber(ARGV[2 + 2 * place]), id), string.match(id, '(%d+)$'), reply)
    end
  end
end
write(change)
answer(replies, retention)
return count
`
