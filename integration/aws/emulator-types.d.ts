// These have no types of their own.
declare module 'dynalite' {
  import type { Server } from 'node:http'

  export default function dynalite(options: { createTableMs: number }): Server
}

declare module 'kinesalite' {
  import type { Server } from 'node:http'

  export default function kinesalite(options: { createStreamMs: number }): Server
}
