/**
 * Ends items; the first who says so counts, whether its lease is over or not. Arguments: worker, retention,
 * most dead letters, then for each item its id, generation and sequence, the place of its client's keys, 'reply', 'retry' or
 * 'dead', the reply's body, and the delay of the next attempt or the reason.
 *
 * Answers for each 1 if it counted, else 0.
 */
export const complete = `
local worker, retention, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
hear(worker)

local ids, generations = tokensFrom(4, 7)
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
  local at = 4 + 7 * (place - 1)
  local sequence, client, kind, body, extra =
    ARGV[at + 2], tonumber(ARGV[at + 3]), ARGV[at + 4], ARGV[at + 5], ARGV[at + 6]
  local fact = found[place]
  local counts = fact and not seen[id] and fact[GENERATION] == generations[place]
  if kind == 'retry' then counts = counts and fact[WORKER] == worker end
  counted[place] = counts and 1 or 0
  if counts then
    seen[id] = true
    if kind == 'retry' then
      fact[GENERATION], fact[CRASHES], fact[WORKER] = fact[GENERATION] + 1, 0, ''
      note(change, id, fact)
      add(change.unheld, id)
      add(change.later, now + tonumber(extra), id)
    else
      if kind == 'dead' then bury(id, fact, extra) end
      if fact[WANTED] == 1 then
        add(repliesTo(replies, client, id), sequence, body)
      end
      add(change.gone, id)
    end
  end
end
write(change)
answer(replies, retention)
return counted
`
