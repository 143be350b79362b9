/** What the options know of the items. The compiler is the test (`npm run check:types`). */
import { Batcher, type BatcherOptions, type ProcessOptions } from 'jitney'
import { describe, expect, expectTypeOf, it } from 'vitest'

interface Text {
  readonly text: string
  readonly language: 'de' | 'en'
}

const a: Text = { text: 'a', language: 'de' }

describe('the type of the items', () => {
  it('reaches weight.of and batchKey from the annotated parameter of the batch function', async () => {
    const lengths = new Batcher((texts: Text[]) => texts.map(({ text }) => text.length), {
      weight: {
        of: (item) => {
          expectTypeOf(item).toEqualTypeOf<Text>()
          return item.text.length
        },
        max: 100,
      },
      batchKey: (item) => {
        expectTypeOf(item).toEqualTypeOf<Text>()
        return item.language
      },
    })
    expectTypeOf(lengths).toEqualTypeOf<Batcher<Text, number>>()
    expect(await lengths.process(a)).toBe(1)
  })

  it('comes from that parameter too beside a context that has no annotation', async () => {
    const languageOf = ({ language }: Text) => language
    const languages = new Batcher(
      (texts: Text[], { key }) => texts.map(({ text }) => `${text} in ${String(key)}`),
      { batchKey: languageOf },
    )
    expectTypeOf(languages).toEqualTypeOf<Batcher<Text, string>>()
    expect(await languages.process(a)).toBe('a in de')
  })

  it('reaches each weight of a list, and methods as well', async () => {
    const lengths = new Batcher(async (texts: Text[]) => await texts.map(({ text }) => text), {
      weight: [
        {
          of(item) {
            expectTypeOf(item).toEqualTypeOf<Text>()
            return item.text.length
          },
          max: 100,
        },
        { of: ({ language }) => (language === 'de' ? 2 : 1), max: 10 },
      ],
      batchKey({ language }) {
        expectTypeOf(language).toEqualTypeOf<'de' | 'en'>()
        return language
      },
    })
    expectTypeOf(lengths).toEqualTypeOf<Batcher<Text, string>>()
    expect(await lengths.process(a)).toBe('a')
  })

  it('reaches them when the types are given, and then types the batch function too', async () => {
    const lengths = new Batcher<Text, number>(
      (items, { key }) => {
        expectTypeOf(items).toEqualTypeOf<Text[]>()
        expectTypeOf(key).toBeUnknown()
        return items.map(({ text }) => text.length)
      },
      {
        weight: { of: ({ text }) => text.length, max: 100 },
        batchKey: ({ language }) => language,
      },
    )
    expectTypeOf(lengths).toEqualTypeOf<Batcher<Text, number>>()
    expect(await lengths.process(a)).toBe(1)
  })

  it('is not widened or narrowed by functions that take more, less or nothing', async () => {
    const weigh = ({ text }: { readonly text: string }): number => text.length
    const keyOf = (item: unknown): unknown => typeof item
    const items = new Batcher((texts: Text[]) => texts, {
      weight: [
        { of: weigh, max: 10 },
        { of: () => 1, max: 5 },
      ],
      batchKey: keyOf,
    })
    expectTypeOf(items).toEqualTypeOf<Batcher<Text, Text>>()
    expect(await items.process(a)).toBe(a)
  })

  it('can be told to options that stand alone', async () => {
    const options: BatcherOptions<Text> = {
      weight: { of: ({ text }) => text.length, max: 10 },
      batchKey: ({ language }) => language,
    }
    const items = new Batcher((texts: Text[]) => texts, options)
    expectTypeOf(items).toEqualTypeOf<Batcher<Text, Text>>()
    expect(await items.process(a)).toBe(a)
  })

  it('is that of any batcher for options that do not mention it', async () => {
    const options: BatcherOptions = { maxBatchSize: 5, maxQueueSize: 10 }
    const texts = new Batcher((items: Text[]) => items, options)
    const numbers = new Batcher((items: number[]) => items, { ...options, maxQueueTime: 0 })
    const given = new Batcher<number, string>((items) => items.map(String), options)
    expectTypeOf(texts).toEqualTypeOf<Batcher<Text, Text>>()
    expectTypeOf(numbers).toEqualTypeOf<Batcher<number, number>>()
    expect(await texts.process(a)).toBe(a)
    expect(await given.process(await numbers.process(1))).toBe('1')
  })

  it('may be undefined or a union', async () => {
    const items = new Batcher((values: (string | undefined)[]) => values, {
      weight: { of: (value) => value?.length ?? 0, max: 10 },
      batchKey: (value) => {
        expectTypeOf(value).toEqualTypeOf<string | undefined>()
        return value
      },
    })
    expectTypeOf(items.process).parameter(0).toEqualTypeOf<string | undefined>()
    expect(await items.processAll([undefined, 'a'])).toEqual([undefined, 'a'])
  })
})

describe('the types of the options', () => {
  it('hold a priority that is a number', async () => {
    expectTypeOf<ProcessOptions['priority']>().toEqualTypeOf<number | undefined>()
    const items = new Batcher((texts: Text[]) => texts)
    expect(await items.process(a, { priority: 0.5 })).toBe(a)
    expect(await items.processAll([a], { priority: undefined })).toEqual([a])
  })

  it('refuse what is none of an item, a weight, a key or a priority', () => {
    const same = (texts: Text[]) => texts
    const items = new Batcher(same)
    const misuses = [
      // @ts-expect-error a weight is a number
      () => new Batcher(same, { weight: { of: ({ text }: Text) => text, max: 1 } }),
      // @ts-expect-error a promise is none
      () => new Batcher(same, { weight: { of: async () => await 1, max: 1 } }),
      // @ts-expect-error a maximum is needed
      () => new Batcher(same, { weight: { of: () => 1 } }),
      // @ts-expect-error there is no such name
      () => new Batcher(same, { weight: { of: () => 1, max: 1, maximum: 1 } }),
      // @ts-expect-error in a list neither
      () => new Batcher(same, { weight: [{ of: () => 1, maximum: 1 }] }),
      // @ts-expect-error texts have no size
      () => new Batcher(same, { weight: { of: (item) => item.size, max: 1 } }),
      // @ts-expect-error nor an owner
      () => new Batcher(same, { batchKey: (item) => item.owner }),
      // @ts-expect-error these are not numbers
      () => new Batcher(same, { batchKey: (item: number) => item }),
      // @ts-expect-error a key is made by a function
      () => new Batcher(same, { batchKey: 'language' }),
      // @ts-expect-error a priority is a number
      () => items.process(a, { priority: 'high' }),
      // @ts-expect-error for all of them
      () => items.processAllSettled([a], { priority: true }),
    ]
    expect(misuses).toHaveLength(11)
  })
})
