export const serveDescription: string =
  'Serve the batch functions of a module over HTTP: single requests in, batches out'
