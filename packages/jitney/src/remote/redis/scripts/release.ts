/**
 * Gives back what was not started: that attempt does not count. Arguments: worker, then the id and the
 * generation of each token.
 */
export const release = `
local worker = ARGV[1]
local ids, generations = tokensFrom(2, 2)
local change = changes()
for place, fact in ipairs(factsOf(ids)) do
  if fact and fact[WORKER] == worker and fact[GENERATION] == generations[place] then
    giveBack(change, ids[place], fact)
  end
end
write(change)
`
