import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'

import { type Emulator, settings } from './emulators.ts'

/** A client straight to the emulator. */
export function clientOf(url: string): DynamoDBClient {
  return new DynamoDBClient({ ...settings, endpoint: url })
}

/** Two tables: cats have an id, dogs an owner and a name. */
export async function createTables({ port }: Emulator): Promise<void> {
  const client = clientOf(`http://127.0.0.1:${port}`)
  const keys = { cats: ['id'], dogs: ['owner', 'name'] }
  for (const [table, names] of Object.entries(keys)) {
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
        KeySchema: names.map((name, index) => ({
          AttributeName: name,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
      }),
    )
  }
  client.destroy()
}

export const keys = { cats: ['id'], dogs: ['owner', 'name'] }
