/**
 * Takes items whose lease has ended: a group of equal crashes. Also the worker's own, since the answer to
 * its claim may have been lost; of those that it knows it has spoken before. Arguments: worker, lease,
 * sizes of groups. Answers like a claim.
 */
export const takeOver = `
local worker, lease = ARGV[1], tonumber(ARGV[2])
hear(worker)

local left = redis.call('ZRANGEBYSCORE', held, '-inf', now, 'LIMIT', 0, 1000)
local ids, found, crashes, size = {}, {}, nil, 0
for place, fact in ipairs(factsOf(left)) do
  if fact then
    if crashes == nil then
      crashes = fact[CRASHES]
      size = tonumber(ARGV[math.min(3 + crashes, #ARGV)])
    end
    if fact[CRASHES] == crashes and #ids < size then
      fact[CRASHES] = crashes + 1
      add(ids, left[place])
      add(found, fact)
    end
  end
end
local change = changes()
local claims = hand(change, ids, found, worker, lease)
write(change)
return cmsgpack.pack(claims)
`
