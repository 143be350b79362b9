const json = { 'application/json': { schema: { type: 'object' } } }
const message = { ...json, 'application/octet-stream': {} }

/** What OpenAPI says of the path. */
export const kserveOperation: object = {
  summary: 'Inference by the Open Inference Protocol, version 2; rows ride with those of others',
  requestBody: { required: true, content: message },
  responses: {
    200: { description: 'The outputs', content: message },
    default: { description: 'An error as {"error": "…"}', content: json },
  },
}
