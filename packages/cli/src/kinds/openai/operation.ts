const input = {
  oneOf: [
    { type: 'string' },
    { type: 'array', items: { type: 'string' } },
    { type: 'array', items: { type: 'integer' } },
    { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
  ],
} as const

/** What OpenAPI says of the path. */
export const embeddingsOperation: object = {
  summary: "Embeddings, as OpenAI's API has them; inputs ride with those of other requests",
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['input', 'model'],
          properties: {
            input,
            model: { type: 'string' },
            dimensions: { type: 'integer', minimum: 1 },
            encoding_format: { enum: ['float', 'base64'] },
            user: { type: 'string' },
          },
        },
      },
    },
  },
  responses: {
    200: {
      description: 'The embeddings, in the order of the inputs',
      content: { 'application/json': { schema: { type: 'object' } } },
    },
    default: {
      description: "An error in OpenAI's shape",
      content: { 'application/json': { schema: { type: 'object' } } },
    },
  },
}
