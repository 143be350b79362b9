import type { Endpoint } from './endpoints.ts'

type Schema = Readonly<Record<string, unknown>>

const problem = {
  description: 'A problem (RFC 9457)',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'detail', 'code'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          detail: { type: 'string', description: 'For people' },
          code: { type: 'string', description: 'For programs; stable' },
        },
      },
    },
  },
} as const

const ok = { type: 'object', properties: { status: { type: 'string' } } }

/** The paths that are the service's own. */
const own = {
  '/healthz': { get: { summary: 'Whether the process lives', responses: answers(json(ok)) } },
  '/readyz': { get: { summary: 'Whether it takes requests', responses: answers(json(ok)) } },
  '/stats': {
    get: { summary: 'What it has done so far', responses: answers(json({ type: 'object' })) },
  },
  '/stats/stream': {
    get: {
      summary: 'The same and more, once a second',
      responses: answers({ 'text/event-stream': { schema: { type: 'string' } } }),
    },
  },
  '/': {
    get: {
      summary: 'The dashboard',
      responses: answers({ 'text/html': { schema: { type: 'string' } } }),
    },
  },
} as const

/** Describes the endpoints that there are now (https://spec.openapis.org/oas/v3.1.1). */
export function describeService(
  endpoints: readonly Endpoint[],
  version: string,
  hasToken: boolean,
): object {
  const paths: Record<string, Record<string, object>> = { ...own }
  for (const { method, path, operation } of endpoints) {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'jitney',
      version,
      description: 'Single requests in, batches behind: each is answered by itself.',
    },
    paths,
    ...(hasToken && {
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    }),
  }
}

/** One item in, its result out. */
export function itemOperation(name: string): object {
  return {
    operationId: name,
    summary: `One item of ${name}; it rides in a batch with others`,
    parameters,
    requestBody: { required: true, content: { ...json({}), 'application/octet-stream': {} } },
    responses: {
      ...answers({ ...json({}), 'application/octet-stream': {} }),
      204: { description: 'The result is undefined' },
    },
  }
}

/** Many items in, a line for each out. */
export function streamOperation(name: string): object {
  const lines = { 'application/x-ndjson': { schema: { type: 'string' } } }
  return {
    operationId: `${name}-batch`,
    summary: `Many items of ${name}, answered as they are done`,
    parameters,
    requestBody: { required: true, content: { ...lines, ...json({ type: 'array' }) } },
    responses: answers(lines),
  }
}

const parameters = [
  header('X-Request-Timeout', 'Milliseconds that the item may take', { type: 'number' }),
  header('X-Priority', 'Higher leaves sooner; 0 without', { type: 'number' }),
  header('X-Request-Id', 'Repeated in the answer', { type: 'string' }),
]

function header(name: string, description: string, schema: Schema): object {
  return { name, in: 'header', required: false, description, schema }
}

function json(schema: Schema): object {
  return { 'application/json': { schema } }
}

function answers(content: object): object {
  return { 200: { description: 'The result', content }, default: problem }
}
