import { get } from 'node:https'
import { Fault } from '../model/fault.ts'

/** In milliseconds, from beginning to end. */
const patience = 10_000
const mostOctets = 64 * 1024

/**
 * Fetches a short text over HTTPS. No redirect is followed: who asks has decided which host is to be believed.
 *
 * @param options.ca an authority to trust in place of the usual ones
 * @throws {Fault} 'unavailable' when it cannot be had
 */
export function httpsText(options: { ca?: string } = {}): (url: string) => Promise<string> {
  return (url) =>
    new Promise((done, fail) => {
      const failed = (reason: string, cause?: unknown) =>
        fail(
          new Fault('unavailable', `${new URL(url).host}: cannot be asked (${reason})`, { cause }),
        )
      const signal = AbortSignal.timeout(patience)
      const request = get(url, { ...options, signal }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => {
          text += part
          if (text.length > mostOctets) request.destroy(new Error('it says too much'))
        })
        response.on('error', (error) => failed(error.message, error))
        response.on('end', () => {
          if (response.statusCode === 200) done(text)
          else failed(`status ${response.statusCode}`)
        })
      })
      request.on('error', (error) => failed(error.message, error))
    })
}
