/**
 * Ends items; the first who says so counts, whether its lease is over or not. Arguments: worker, retention,
 * most dead letters, and packed, for each item its id, generation and sequence, the place of its client's
 * keys, 'reply', 'retry' or 'dead', the reply's body, and the delay of the next attempt or the reason.
 *
 * Answers for each 1 if it counted, else 0.
 */
export const complete = `
local worker, retention, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
hear(worker)

local ended, ids = cmsgpack.unpack(ARGV[4]), {}
for at = 1, #ended, 7 do ids[#ids + 1] = ended[at] end
local found = factsOf(ids)
local change, replies, counted, seen = changes(), {}, {}, {}

local function bury(id, fact, reason)
  local body = redis.call('HGET', items, id)
  redis.call('HSET', graves, id, cmsgpack.pack({
    body, reason, fact[ATTEMPTS], fact[SCORE], fact[GENERATION] + 1,
  }))
  redis.call('ZADD', dead, now, id)
  local over = redis.call('ZCARD', dead) - most
  if over > 0 then
    each('HDEL', graves, redis.call('ZRANGE', dead, 0, over - 1))
    redis.call('ZREMRANGEBYRANK', dead, 0, over - 1)
  end
end

for place, id in ipairs(ids) do
  local at = 7 * place - 6
  local generation, sequence, client, kind, body, extra =
    ended[at + 1], ended[at + 2], ended[at + 3], ended[at + 4], ended[at + 5], ended[at + 6]
  local fact = found[place]
  local counts = fact and not seen[id] and fact[GENERATION] == generation
  if kind == 'retry' then counts = counts and fact[WORKER] == worker end
  counted[place] = counts and 1 or 0
  if counts then
    seen[id] = true
    if kind == 'retry' then
      fact[GENERATION], fact[CRASHES], fact[WORKER] = fact[GENERATION] + 1, 0, ''
      note(change, id, fact)
      add(change.unheld, id)
      add(change.later, now + extra, id)
    else
      if kind == 'dead' then bury(id, fact, extra) end
      if fact[WANTED] == 1 then
        add(repliesTo(replies, client, id), sequence, body)
      end
      add(change.gone, id)
      add(fact[WORKER] == '' and change.unqueued or change.unheld, id)
    end
  end
end
write(change)
answer(replies, retention)
return table.concat(counted)
`
