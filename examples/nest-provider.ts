// A batcher as a provider of NestJS: services get it injected by its token, and the application closes it
// when it shuts down.
// oxlint-disable-next-line import/no-unassigned-import -- what decorators keep their notes in
import 'reflect-metadata'
import { Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Batcher } from 'jitney'

type Names = Batcher<number, string>
const NAMES = Symbol('names')

class UserService implements OnApplicationShutdown {
  readonly #names: Names

  constructor(names: Names) {
    this.#names = names
  }

  async greet(id: number): Promise<string> {
    return `Hello ${await this.#names.process(id)}`
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#names.close()
    console.log(`closed after ${this.#names.stats().batches} batch`)
  }
}
// What the decorators @Injectable() and @Inject(NAMES) stand for.
Injectable()(UserService)
Inject(NAMES)(UserService, undefined, 0)

// oxlint-disable-next-line typescript/no-extraneous-class -- a module of NestJS is one
class AppModule {}
Module({
  providers: [
    {
      provide: NAMES,
      useFactory: (): Names => new Batcher((ids: number[]) => ids.map((id) => `user ${id}`)),
    },
    UserService,
  ],
})(AppModule)

const application = await NestFactory.createApplicationContext(AppModule, { logger: false })
const service = application.get(UserService)
console.log(await Promise.all([1, 2, 3].map((id) => service.greet(id))))
await application.close()

// Output:
// [ 'Hello user 1', 'Hello user 2', 'Hello user 3' ]
// closed after 1 batch
