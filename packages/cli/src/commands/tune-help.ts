export const tuneDescription: string =
  'Measure a batch function or a URL, and say which settings suit it'

export const tuneUsage: string[] = [
  'jitney tune MODULE [flags...]',
  'jitney tune --url URL --items FILE [flags...]',
]

export const tuneExamples: string[] = [
  'jitney tune ./model.ts',
  'jitney tune ./model.ts --export predict --items examples.ndjson',
  'jitney tune --url http://127.0.0.1:8080/predict --items examples.json',
  'jitney tune ./model.ts --p95 50',
  'jitney tune ./model.ts --target latency --load 200',
  'jitney tune ./model.ts --json > tune.json',
]

/** What help says below the flags. */
export const tuneNotes: readonly { readonly title: string; readonly body: string }[] = [
  {
    title: 'What it does:',
    body: [
      'It really calls the function, or the URL by POST with a JSON array, for an array of results:',
      'with 1, 2, 4, 8 ... items, then with 2, 4, 8 ... batches at once. Items are those of --items, or',
      'the examples of the module: defineBatch(fn, options, { examples }). The same come many times.',
      'The report goes to stdout, progress to stderr.',
    ].join('\n'),
  },
  {
    title: 'Exit codes:',
    body: [
      '0    it is done, or --time was up',
      '1    it could not start, or a batch of one item fails',
      '2    the command line is wrong',
      '130  stopped by SIGINT (Ctrl+C): what is known so far is printed',
      '143  the same, by SIGTERM',
    ].join('\n'),
  },
]
