export const mapDescription: string =
  'Do something for each line of the standard input, so many at a time: a request, a call, a command'

export const mapUsage: string[] = [
  'jitney map --url URL [flags...] < items',
  'jitney map MODULE [flags...] < items.ndjson',
  'jitney map --exec COMMAND [flags...] < items',
]

export const mapExamples: string[] = [
  "jitney map --url 'http://127.0.0.1:8080/users/{}' --concurrency 1000 < ids.txt",
  "jitney map --url 'http://127.0.0.1:8080/{team}/{user.id}' --retry 3 < users.ndjson",
  'jitney map --url http://127.0.0.1:8080/squares --batch-size 100 < numbers.ndjson',
  'jitney map ./fetch-one.ts --output out.ndjson --errors failed.ndjson < items.ndjson',
  'jitney map ./fetch-one.ts --output out.ndjson --resume < items.ndjson',
  "jitney map --exec 'convert {} {}.png' < images.txt",
  "jitney map --exec 'gzip -c {} | wc -c' --shell --unordered < files.txt",
]

/** What help says below the flags. */
export const mapNotes: readonly { readonly title: string; readonly body: string }[] = [
  {
    title: 'Output:',
    body: [
      'One line of JSON per line of input, in input order or, with --unordered, as they come:',
      '{"index":0,"result":...} or {"index":0,"error":{"code":...,"message":...}},',
      'where index counts the lines of the input from 0. Progress and summary go to stderr.',
    ].join('\n'),
  },
  {
    title: 'Exit codes:',
    body: [
      '0    every item was done',
      '1    items failed, or it could not start',
      '2    the command line is wrong',
      '3    it could not go on with its input, its output or its module',
      '130  stopped by SIGINT (Ctrl+C): what was in flight is done; a second one aborts',
      '143  the same, by SIGTERM',
      '129  the same, by SIGHUP: the terminal is gone',
      '141  whoever read the output closed it',
    ].join('\n'),
  },
]
