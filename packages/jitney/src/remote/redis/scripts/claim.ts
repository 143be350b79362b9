/**
 * Takes the first items that nobody holds. Arguments: worker, lease, credit.
 *
 * Answers with the bell's last entry, milliseconds until another item is due (-1: none), and packed, for
 * each item its token, body, attempt, crashes and milliseconds to live (-1: for ever).
 */
export const claim = `
local worker, lease, credit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
hear(worker)

local due = redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, 1000)
if #due > 0 then
  each('ZREM', later, due)
  local back = {}
  for place, fact in ipairs(factsOf(due)) do
    if fact then add(back, fact[SCORE], due[place]) end
  end
  each('ZADD', waiting, back)
end

local popped = redis.call('ZPOPMIN', waiting, credit)
local ids = {}
for place = 1, #popped, 2 do add(ids, popped[place]) end
local change = changes()
local claims = hand(change, ids, factsOf(ids), worker, lease)
write(change)

local last = redis.call('XREVRANGE', bell, '+', '-', 'COUNT', 1)[1]
local soonest = redis.call('ZRANGE', later, 0, 0, 'WITHSCORES')
return { last and last[1] or '0-0', soonest[2] and math.max(0, soonest[2] - now) or -1, cmsgpack.pack(claims) }
`
