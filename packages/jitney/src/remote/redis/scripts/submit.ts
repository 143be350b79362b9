/**
 * Adds items whose ids are not known, and forgets what is settled.
 *
 * Arguments: client, retention, most items, most bytes of replies; the bytes of the entries of replies
 * that may go, their number and themselves; the number of settled sequences and themselves; then for
 * each item its sequence, body, place by priority and milliseconds to live (-1: for ever).
 *
 * Answers with a list that says of each item 1 accepted, 2 full, 3 lost (a reply that is there already
 * comes once more), and one of the settled sequences whose replies are there.
 */
export const submit = `
local known, replies = KEYS[firstClientKey], KEYS[firstClientKey + 1]
local client, retention = ARGV[1], tonumber(ARGV[2])
local maxItems, maxReplyBytes = tonumber(ARGV[3]), tonumber(ARGV[4])
local at = 5

local function list(count)
  local from = at
  at = at + count
  return { unpack(ARGV, from, at - 1) }
end
local function number()
  at = at + 1
  return tonumber(ARGV[at - 1])
end

redis.call('ZADD', clients, now, client)
redis.call('ZREMRANGEBYSCORE', clients, '-inf', now - retention)

expire(known, replies, retention)
local spareBytes = number()
local entries = list(number())
if #entries > 0 then
  each('XDEL', replies, entries)
  redis.call('HINCRBY', known, '#bytes', -spareBytes)
end
local change = changes()
local settled = list(number())
local unread = {}
if #settled > 0 then
  for place, entry in ipairs(each('HMGET', known, settled)) do
    if entry then add(unread, settled[place]) end
  end
  each('HDEL', known, settled)
  local ids = {}
  for place, sequence in ipairs(settled) do ids[place] = client .. ':' .. sequence end
  for place, fact in ipairs(factsOf(ids)) do
    if fact then
      fact[WANTED] = 0
      note(change, ids[place], fact)
    end
  end
end

local ids, sequences = {}, {}
for place = at, #ARGV, 4 do
  add(sequences, ARGV[place])
  add(ids, client .. ':' .. ARGV[place])
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
  local fields = entry[2]
  for field = 1, #fields, 2 do
    if fields[field] == sequence then
      local fresh = redis.call('XADD', replies, '*', sequence, fields[field + 1])
      redis.call('HSET', known, sequence, fresh)
      redis.call('HINCRBY', known, '#bytes', #fields[field + 1])
    end
  end
  return true
end

for place, id in ipairs(ids) do
  local body, class, left = ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  at = at + 4
  if found[place] then
    verdicts[place] = 1
  elseif done[place] then
    verdicts[place] = again(done[place], sequences[place]) and 1 or 3
  elseif room <= 0 or bytes >= maxReplyBytes then
    verdicts[place] = 2
  else
    room = room - 1
    -- Priorities are far apart, and no sum is too large for a double.
    local score = order + place - tonumber(class) * 2 ^ 50
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
return { verdicts, unread }
`
