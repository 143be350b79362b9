/** The order that a queue or topic keeps, if it is one that does: within each message group. */
export function groupOf(address: string): {
  orderOf?: (item: { readonly MessageGroupId?: string | undefined }) => string | undefined
  sharesOrder: boolean
} {
  if (!address.endsWith('.fifo')) return { sharesOrder: false }
  return { orderOf: ({ MessageGroupId }) => MessageGroupId, sharesOrder: true }
}
