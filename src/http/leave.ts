import type { Notice } from '../pages/notice-pages.ts'
import type { Site } from './site.ts'

export interface Leaving {
  readonly notice: Notice
  readonly status: 200 | 400 | 404
  /** the reader's, where it is known */
  readonly language?: string
  /** of a reader who has not left */
  readonly token?: string
}

/** A link that was cut short has another one. */
const wholeToken = /^[\w-]{22}$/

/**
 * What becomes of a request for an unsubscribe link: a form that says `List-Unsubscribe=One-Click` takes the reader off
 * the list, now and for the edition that is being sent (RFC 8058 §3.1), however often it comes. Nothing else changes
 * anything: mail programs and their guards open links.
 *
 * @param form the fields of a POST; undefined: a GET
 */
export async function leave(
  { subscribers, clock }: Pick<Site, 'subscribers' | 'clock'>,
  token: string,
  form: Readonly<Record<string, unknown>> | undefined,
): Promise<Leaving> {
  const reader = /^[\w-]{1,64}$/.test(token) ? await subscribers.findByToken(token) : undefined
  const asked = form !== undefined && isOneClick(form)
  // Of an erased reader nothing is known but that no mail will come: links of every message ever sent work
  if (!reader && asked && wholeToken.test(token)) return { notice: 'left', status: 200 }
  if (!reader) return { notice: 'unknown', status: 404 }
  const { address, status, language } = reader
  const known = language === undefined ? {} : { language }
  // Who may never be mailed again stays so
  const here = status === 'active' || status === 'unlisted'
  if (here && !asked) return { notice: 'leave', status: form ? 400 : 200, token, ...known }
  if (here) await subscribers.setStatus(address, 'unsubscribed', clock())
  return { notice: 'left', status: 200, ...known }
}

function isOneClick(form: Readonly<Record<string, unknown>>): boolean {
  const said = form['List-Unsubscribe']
  return typeof said === 'string' && said.trim().toLowerCase() === 'one-click'
}
