/**
 * Leases begin anew. Arguments: worker, lease, tokens. Answers with those that are not the worker's own
 * any more.
 */
export const heartbeat = `
local worker, lease = ARGV[1], tonumber(ARGV[2])
hear(worker)

local ids, generations = {}, {}
for place = 3, #ARGV do ids[place - 2], generations[place - 2] = partsOf(ARGV[place]) end
local change, lost = changes(), {}
for place, fact in ipairs(factsOf(ids)) do
  if fact and fact[WORKER] == worker and fact[GENERATION] == generations[place] then
    add(change.held, now + lease, ids[place])
  else
    add(lost, ARGV[place + 2])
  end
end
write(change)
return lost
`
