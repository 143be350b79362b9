/**
 * What all scripts begin with: the keys by name, the time, and what is known of an item.
 *
 * | key | what it is |
 * |---|---|
 * | `waiting` | sorted set of ids that nobody holds, in the order in which they are claimed |
 * | `later` | sorted set of ids that wait for another attempt, by when that is due |
 * | `held` | sorted set of ids that a worker holds, by when its lease ends |
 * | `items` | hash of bodies by id, of all that are not done |
 * | `facts` | hash of what else is known of them, packed |
 * | `counter` | how many items there were: their order |
 * | `bell` | stream of one entry, a new one whenever something can be claimed |
 * | `workers` | sorted set of workers, by when they were last heard of |
 * | `clients` | sorted set of clients, by when they were last heard of |
 * | `dead` | sorted set of dead letters, by when they were given up |
 * | `graves` | hash of what is known of them, packed |
 *
 * And for each client a hash `known` of what was done and not settled (the entry with the reply, and
 * under `#bytes` how large all of them are), and a stream `replies`, each entry of which has in one field
 * the packed list of sequences and bodies.
 *
 * Facts are `{ score, deadline, submitted, attempts, crashes, generation, worker, wanted }`. A token is
 * an id and a generation, which counts the attempts that were asked for: what is said of an earlier one
 * counts no more. `wanted` says whether somebody waits for the reply.
 */
export const shared = `
local waiting, later, held, items, facts, counter, bell, workers, clients, dead, graves =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local SCORE, DEADLINE, SUBMITTED, ATTEMPTS, CRASHES, GENERATION, WORKER, WANTED = 1, 2, 3, 4, 5, 6, 7, 8
local firstClientKey = 12

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- A command for as many arguments as there are, in portions that Lua can pass.
local function each(command, key, arguments)
  local results = {}
  local count = #arguments
  if count > 0 and count <= 4000 then return redis.call(command, key, unpack(arguments)) end
  for from = 1, count, 4000 do
    local to = math.min(from + 3999, count)
    local answer = redis.call(command, key, unpack(arguments, from, to))
    if type(answer) == 'table' then
      for place = 1, #answer do results[#results + 1] = answer[place] end
    end
  end
  return results
end

local function factsOf(ids)
  local found = each('HMGET', facts, ids)
  for at = 1, #found do
    found[at] = found[at] and cmsgpack.unpack(found[at])
  end
  return found
end

local function ring()
  redis.call('XADD', bell, 'MAXLEN', 1, '*', 'x', '')
end

-- Ids and generations of the tokens in the arguments from one on, which come as such pairs.
local function tokensFrom(first, width)
  local ids, generations = {}, {}
  for place = first, #ARGV, width do
    ids[#ids + 1] = ARGV[place]
    generations[#ids] = tonumber(ARGV[place + 1])
  end
  return ids, generations
end

local function hear(worker)
  redis.call('ZADD', workers, now, worker)
end

-- Lists to be written at once: ids by what they become.
local function changes()
  return { facts = {}, waiting = {}, later = {}, held = {}, unheld = {}, unqueued = {}, gone = {} }
end

-- Up to five values; none of them is nil.
local function add(list, a, b, c, d, e)
  local length = #list
  list[length + 1] = a
  if b == nil then return end
  list[length + 2] = b
  if c == nil then return end
  list[length + 3], list[length + 4], list[length + 5] = c, d, e
end

local function note(change, id, fact)
  add(change.facts, id, cmsgpack.pack(fact))
end

local function write(change)
  each('ZREM', held, change.unheld)
  each('ZREM', waiting, change.unqueued)
  each('ZREM', later, change.unqueued)
  each('HDEL', items, change.gone)
  each('HDEL', facts, change.gone)
  each('HSET', facts, change.facts)
  each('ZADD', waiting, change.waiting)
  each('ZADD', later, change.later)
  each('ZADD', held, change.held)
  if #change.waiting > 0 or #change.later > 0 then ring() end
end

-- Nobody holds it any more, and that attempt does not count.
local function giveBack(change, id, fact)
  fact[ATTEMPTS] = fact[ATTEMPTS] - 1
  fact[WORKER] = ''
  note(change, id, fact)
  add(change.unheld, id)
  add(change.waiting, fact[SCORE], id)
end

-- What a worker is told of items that it holds from now on.
local function hand(change, ids, found, worker, lease)
  local bodies = each('HMGET', items, ids)
  local claims = {}
  for at, id in ipairs(ids) do
    local fact = found[at]
    fact[ATTEMPTS] = fact[ATTEMPTS] + 1
    fact[WORKER] = worker
    note(change, id, fact)
    add(change.held, now + lease, id)
    local left = fact[DEADLINE] < 0 and -1 or math.max(0, fact[DEADLINE] - now)
    add(claims, id .. '/' .. fact[GENERATION], bodies[at], fact[ATTEMPTS], fact[CRASHES], left)
  end
  return claims
end

-- What a reply is in: an entry of its own for each call of a script.
local function addEntry(stream, list)
  return redis.call('XADD', stream, '*', 'packed', cmsgpack.pack(list))
end

local function readEntry(entry)
  return cmsgpack.unpack(entry[2][2])
end

-- Replies for clients, as { sequence, body, sequence, body }.
local function answer(replies, retention)
  for client, list in pairs(replies) do
    local known, stream, name = list.known, list.stream, list.name
    if redis.call('ZSCORE', clients, name) then
      local values, notes, bytes = list.values, {}, 0
      local entry = addEntry(stream, values)
      for at = 1, #values, 2 do
        notes[at], notes[at + 1] = values[at], entry
        bytes = bytes + #values[at + 1]
      end
      each('HSET', known, notes)
      redis.call('HINCRBY', known, '#bytes', bytes)
      redis.call('PEXPIRE', known, retention)
      redis.call('PEXPIRE', stream, retention)
    end
  end
end

-- Forgets replies that nobody has fetched for so long. An entry's name begins with when it was made.
local function expire(known, stream, retention)
  local last = string.format('%d', math.max(0, now - retention))
  for _, entry in ipairs(redis.call('XRANGE', stream, '-', last, 'COUNT', 100)) do
    local name, values, bytes = entry[1], readEntry(entry), 0
    for at = 1, #values, 2 do
      bytes = bytes + #values[at + 1]
      if redis.call('HGET', known, values[at]) == name then
        redis.call('HDEL', known, values[at])
      end
    end
    redis.call('XDEL', stream, name)
    redis.call('HINCRBY', known, '#bytes', -bytes)
  end
end

-- The replies of a client whose keys were handed over, by its place among them.
local function repliesTo(replies, place, id)
  local list = replies[place]
  if not list then
    list = {
      known = KEYS[firstClientKey + 2 * place],
      stream = KEYS[firstClientKey + 2 * place + 1],
      name = string.match(id, '^(.*):%d+$'),
      values = {},
    }
    replies[place] = list
  end
  return list.values
end
`
