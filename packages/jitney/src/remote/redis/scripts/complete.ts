/**
 * Ends items; the first who says so counts, whether its lease is over or not. Arguments: worker, retention,
 * then for each item its token, the place of its client's keys, 'reply', 'retry' or 'dead', the reply's
 * body, and the delay of the next attempt or the reason.
 *
 * Answers for each 1 if it counted, else 0.
 */
export const complete = `
local worker, retention = ARGV[1], tonumber(ARGV[2])
hear(worker)

local ids, generations = {}, {}
for place = 3, #ARGV, 5 do ids[#ids + 1], generations[#ids + 1] = partsOf(ARGV[place]) end
local found = factsOf(ids)
local change, replies, counted, seen = changes(), {}, {}, {}

local function bury(id, fact, reason)
  local body = redis.call('HGET', items, id)
  redis.call('HSET', graves, id, cmsgpack.pack({
    body, reason, fact[ATTEMPTS], fact[SCORE], fact[GENERATION] + 1,
  }))
  redis.call('ZADD', dead, now, id)
end

for place, id in ipairs(ids) do
  local at = 3 + 5 * (place - 1)
  local client, kind, body, extra =
    tonumber(ARGV[at + 1]), ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
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
        add(repliesTo(replies, client, id), string.match(id, '(%d+)$'), body)
      end
      add(change.gone, id)
    end
  end
end
write(change)
answer(replies, retention)
return counted
`
