import type { Store } from '../../src/store/store.ts'

/** A database of one test's own; every `connect` is another connection to it. */
export interface TestDatabase extends AsyncDisposable {
  /** a file or a URL: where another process finds it */
  readonly location: string
  connect(): Promise<Store>
}

export type OpenDatabase = () => Promise<TestDatabase>

export const noon = new Date('2026-11-23T12:00:00Z')

export function minutesAfter(date: Date, minutes: number): Date {
  return new Date(date.getTime() + minutes * 60_000)
}

/** `r01@example.org`, … in the order of their addresses. */
export function readers(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    address: `r${String(index + 1).padStart(2, '0')}@example.org`,
    name: `Reader ${index + 1}`,
  }))
}

export function edition(id: string, articles: readonly string[] = [`tag:example.org,2026:${id}`]) {
  return { id, subject: `Edition ${id}`, createdAt: noon, articles }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
