import { createHash, hash, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { DkimKey } from './dkim-key.ts'

/**
 * What a reader or a mail program acts on. Each is named once more in `h=` than it stands in the message, so that
 * none can be added (RFC 6376 §5.4.2). Others may be: relays write a Feedback-ID of their own above ours.
 */
const sealed = [
  'from',
  'to',
  'cc',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'mime-version',
  'content-type',
]

const lineLength = 76
const signInThread = promisify(sign)

/**
 * The relaxed form of a body (RFC 6376 §3.4.4) of whole lines, each ended by CRLF; of a whole body that does not end
 * in empty lines, and so of any part of it that ends with a line.
 */
export function relaxLines(body: string): string {
  return body.replace(/[ \t]+(?=\r\n)/g, '').replace(/[ \t]+/g, ' ')
}

/** @param body in its relaxed form, cut anywhere; strings are in ASCII */
export function hashBody(body: Iterable<Uint8Array | string>): string {
  const sha256 = createHash('sha256')
  for (const part of body) sha256.update(part)
  return sha256.digest('base64')
}

/**
 * The DKIM-Signature fields of a message, one for each key, relaxed/relaxed (RFC 6376, RFC 8463). The same input
 * gives the same bytes.
 *
 * @param fields all of the header, without line end; no name twice
 * @param bodyHash see `hashBody`
 * @param time when it was signed
 */
export async function dkimFields(
  keys: readonly DkimKey[],
  message: { readonly fields: readonly string[]; readonly bodyHash: string; readonly time: Date },
): Promise<string[]> {
  if (keys.length === 0) return []
  const { fields, bodyHash, time } = message
  const names = fields.map((field) => field.slice(0, field.indexOf(':')).toLowerCase())
  const content = fields.map((field) => `${relaxField(field)}\r\n`).join('')
  return Promise.all(
    keys.map(async (key) => {
      const open = openField(key, { names: [...names, ...sealed], bodyHash, time })
      return open + foldBase64(await signatureOf(key, Buffer.from(content + relaxField(open))))
    }),
  )
}

/** A DKIM-Signature field up to its `b=`. */
function openField(
  { domain, selector, algorithm }: DkimKey,
  { names, bodyHash, time }: { names: readonly string[]; bodyHash: string; time: Date },
): string {
  return [
    `DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed;`,
    ` d=${domain};`,
    ` s=${selector}; t=${Math.floor(time.getTime() / 1000)};`,
    foldNames(names),
    ` bh=${bodyHash};`,
    ' b=',
  ].join('\r\n')
}

function foldNames(names: readonly string[]): string {
  let field = ' h='
  let column = field.length
  for (const [index, name] of names.entries()) {
    const word = index === 0 ? name : `:${name}`
    const fits = column + word.length < lineLength
    field += fits ? word : `\r\n ${word}`
    column = fits ? column + word.length : 1 + word.length
  }
  return `${field};`
}

function foldBase64(text: string): string {
  const lines = [text.slice(0, lineLength - 3)]
  for (let at = lineLength - 3; at < text.length; at += lineLength - 1) {
    lines.push(text.slice(at, at + lineLength - 1))
  }
  return lines.join('\r\n ')
}

/** RFC 6376 §3.4.2. */
function relaxField(field: string): string {
  const colon = field.indexOf(':')
  const value = field.slice(colon + 1).replace(/[ \t\r\n]+/g, ' ')
  return `${field.slice(0, colon).toLowerCase()}:${value.trim()}`
}

/** On a thread of the pool: the one that talks to the relay is left a tenth of the work. */
async function signatureOf({ algorithm, key }: DkimKey, content: Buffer): Promise<string> {
  const signature =
    algorithm === 'rsa-sha256'
      ? await signInThread('sha256', content, key)
      : await signInThread(null, hash('sha256', content, 'buffer'), key) // RFC 8463 §3
  return signature.toString('base64')
}
