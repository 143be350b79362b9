/**
 * Adds items whose ids are not known, and forgets what is settled.
 *
 * Arguments: client, retention, most items, most bytes of replies, the bytes of the entries of replies
 * that may go; and packed, the names of these entries, the settled sequences, and for each item its
 * sequence, body, place by priority and milliseconds to live (-1: for ever).
 *
 * Answers with a digit for each item, 1 accepted, 2 full, 3 lost (a reply that is there already comes once
 * more), and packed, the settled sequences whose replies are there.
 */
export const submit = `
local known, replies = KEYS[firstClientKey], KEYS[firstClientKey + 1]
local client, retention = ARGV[1], tonumber(ARGV[2])
local maxItems, maxReplyBytes = tonumber(ARGV[3]), tonumber(ARGV[4])
local spareBytes, entries = tonumber(ARGV[5]), cmsgpack.unpack(ARGV[6])
local settled, submitted = cmsgpack.unpack(ARGV[7]), cmsgpack.unpack(ARGV[8])

redis.call('ZADD', clients, now, client)
redis.call('ZREMRANGEBYSCORE', clients, '-inf', now - retention)

expire(known, replies, retention)
if #entries > 0 then
  each('XDEL', replies, entries)
  redis.call('HINCRBY', known, '#bytes', -spareBytes)
end
local change = changes()
local unread = {}
if #settled > 0 then
  -- Of what has no reply somebody may yet make one.
  local ids = {}
  for place, entry in ipairs(each('HMGET', known, settled)) do
    if entry then
      unread[#unread + 1] = settled[place]
    else
      ids[#ids + 1] = client .. ':' .. settled[place]
    end
  end
  each('HDEL', known, settled)
  for place, fact in ipairs(factsOf(ids)) do
    if fact then
      fact[WANTED] = 0
      note(change, ids[place], fact)
    end
  end
end

local ids, sequences = {}, {}
for at = 1, #submitted, 4 do
  local sequence = submitted[at]
  sequences[#sequences + 1] = sequence
  ids[#ids + 1] = client .. ':' .. sequence
end
local found, done = factsOf(ids), each('HMGET', known, sequences)
local room = maxItems - redis.call('HLEN', items)
local bytes = tonumber(redis.call('HGET', known, '#bytes') or 0)
local bodies, verdicts = {}, {}
local order = redis.call('INCRBY', counter, #ids) - #ids

-- The reply comes once more, in an entry of its own. False if it is gone.
local function again(name, sequence)
  local entry = redis.call('XRANGE', replies, name, name)[1]
  if not entry then return false end
  local values = readEntry(entry)
  for at = 1, #values, 2 do
    if values[at] == sequence then
      local fresh = addEntry(replies, { sequence, values[at + 1] })
      redis.call('HSET', known, sequence, fresh)
      redis.call('HINCRBY', known, '#bytes', #values[at + 1])
    end
  end
  return true
end

for place, id in ipairs(ids) do
  local at = 4 * place - 3
  local body, class, left = submitted[at + 1], submitted[at + 2], submitted[at + 3]
  if found[place] then
    verdicts[place] = 1
  elseif done[place] then
    verdicts[place] = again(done[place], sequences[place]) and 1 or 3
  elseif room <= 0 or bytes >= maxReplyBytes then
    verdicts[place] = 2
  else
    room = room - 1
    -- Priorities are far apart, and no sum is too large for a double.
    local score = order + place - class * 2 ^ 50
    add(bodies, id, body)
    note(change, id, { score, left < 0 and -1 or now + left, now, 0, 0, 0, '', 1 })
    add(change.waiting, score, id)
    verdicts[place] = 1
  end
end
each('HSET', items, bodies)
write(change)
redis.call('PEXPIRE', known, retention)
redis.call('PEXPIRE', replies, retention)
return { table.concat(verdicts), cmsgpack.pack(unread) }
`
