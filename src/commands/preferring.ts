import type { Config } from '../config.ts'
import { makeLimiter } from '../http/limiter.ts'
import type { Preferring } from '../http/preferring.ts'
import type { FrameInput } from '../pages/frame.ts'
import { preferencePages } from '../pages/preference-pages.ts'
import type { Store } from '../store/store.ts'
import type { JoinDesk } from './joining.ts'

/** What the pages of preferences need. @param desk absent: no mail can be sent, so nobody can move */
export function preferringOf(
  { newsletter, server }: Config,
  clock: () => Date,
  {
    store,
    frame,
    desk,
  }: { readonly store: Store; readonly frame: FrameInput; readonly desk: JoinDesk | undefined },
): Preferring {
  const isOpen = desk !== undefined
  const topics = newsletter?.topics ?? []
  return {
    subscribers: store.subscribers,
    holdings: store,
    pages: preferencePages({ ...frame, topics, canJoin: isOpen, canMove: isOpen }),
    limiter: makeLimiter(),
    ...(server.url !== undefined && { ownOrigin: new URL(server.url).origin }),
    clock,
    ...(desk && { moving: { secrets: desk.pages.secrets, asked: desk.pages.asked } }),
  }
}
