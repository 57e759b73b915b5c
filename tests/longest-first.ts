import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The files that take longest, so that none of them is left alone at the end. */
const longest = [
  'commands/send.test.ts',
  'delivery/crash.test.ts',
  'store/postgres.test.ts',
  'commands/throttle.test.ts',
  'commands/who-got-what.test.ts',
  'delivery/chaos.test.ts',
  'http/attacks.test.ts',
  'commands/editions.test.ts',
  'http/preferences-browser.test.ts',
  'commands/subscribers.test.ts',
  'commands/serve.test.ts',
  'commands/send-together.test.ts',
  'http/join.test.ts',
  'commands/build.test.ts',
  'http/join-browser.test.ts',
  'commands/topics.test.ts',
  'pages/browser.test.ts',
]

/** In this order, then the others: the largest first where nothing is known of an earlier run. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // the -1 of a file that is not listed becomes the largest number: those come last
    const place = ({ moduleId }: TestSpecification) =>
      longest.findIndex((file) => moduleId.endsWith(`/tests/${file}`)) >>> 0
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}
