/** Takes back what nobody holds. Arguments: client, sequences. Answers with those that it took. */
export const cancel = `
local change, taken = changes(), {}
for place = 2, #ARGV do
  local id = ARGV[1] .. ':' .. ARGV[place]
  if redis.call('ZREM', waiting, id) + redis.call('ZREM', later, id) > 0 then
    add(change.gone, id)
    add(taken, ARGV[place])
  end
end
write(change)
return taken
`
