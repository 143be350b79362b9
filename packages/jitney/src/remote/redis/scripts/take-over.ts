/**
 * Takes items whose lease has ended while another worker held them: a group of equal crashes. Those that
 * the worker held itself and does not know of go back: it never heard that it had claimed them.
 * Arguments: worker, lease, the number of sizes of groups and themselves, ids that it knows of. Answers
 * like a claim.
 */
export const takeOver = `
local worker, lease = ARGV[1], tonumber(ARGV[2])
hear(worker)
local sizes, mine = tonumber(ARGV[3]), {}
for place = 4 + sizes, #ARGV do mine[ARGV[place]] = true end

local left = redis.call('ZRANGEBYSCORE', held, '-inf', now, 'LIMIT', 0, 1000)
local change, ids, found, crashes, size = changes(), {}, {}, nil, 0
for place, fact in ipairs(factsOf(left)) do
  if fact and fact[WORKER] ~= worker then
    if crashes == nil then
      crashes = fact[CRASHES]
      size = tonumber(ARGV[3 + math.min(1 + crashes, sizes)])
    end
    if fact[CRASHES] == crashes and #ids < size then
      fact[CRASHES] = crashes + 1
      add(ids, left[place])
      add(found, fact)
    end
  elseif fact and not mine[left[place]] then
    giveBack(change, left[place], fact)
  end
end
local claims = hand(change, ids, found, worker, lease)
write(change)
return claims
`
