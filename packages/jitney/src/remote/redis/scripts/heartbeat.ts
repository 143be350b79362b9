/**
 * Leases begin anew. Arguments: worker, lease, then the id and the generation of each token. Answers with
 * the places of those that are not the worker's own any more.
 */
export const heartbeat = `
local worker, lease = ARGV[1], tonumber(ARGV[2])
hear(worker)

local ids, generations = tokensFrom(3, 2)
local change, lost = changes(), {}
for place, fact in ipairs(factsOf(ids)) do
  if fact and fact[WORKER] == worker and fact[GENERATION] == generations[place] then
    add(change.held, now + lease, ids[place])
  else
    add(lost, place)
  end
end
write(change)
return lost
`
