import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Enough for the messages in flight, and so much that collecting it costs next to nothing. */
const roomForYoung = 16 * 1024 * 1024

/** How often it is looked at while it grows, milliseconds. */
const interval = 50

/**
 * Keeps V8 from giving more and more room to young objects while messages are made by the thousand: up to 128 MB, of
 * which few are alive. The limit for it (`--max-semi-space-size`) is read before any code of ours runs; by how much it
 * grows is read each time, so that it is let grow as far as is wanted, and no further. (docs/decisions/0037)
 */
export function limitYoungHeap(): void {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
  if (young && young.space_size >= roomForYoung) setFlagsFromString('--semi-space-growth-factor=1')
  else setTimeout(limitYoungHeap, interval).unref()
}
