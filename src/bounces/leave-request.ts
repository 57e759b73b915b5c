import type { Mail } from './open-mail.ts'

/** Somebody asks by mail to leave. */
export interface LeaveRequest {
  /** of the mailto: link in every message; absent: nothing says whose reader it is but the sender */
  readonly token?: string
}

const withToken = /\bunsubscribe[\s:+_=-]*(?:%20)?([\w-]{22})(?![\w-])/i
const plain =
  /^(?:(?:re|aw|sv|fwd?|tr|rv|wg)\s*:\s*)*(?:please )?(?:unsubscribe(?: me| please)?|remove me|(?:darme de )?baja|desuscribir(?:me)?|d[eé]sabonner|d[eé]sabonnement|d[eé]sinscription|abmelden|abbestellen|إلغاء الاشتراك)[\s.!]*$/iu

/**
 * Reads a request to leave: `unsubscribe TOKEN` in the subject, as the mailto: link of our messages writes it, whatever
 * a mail program puts around it; or on the first line of the text. A link in what is quoted asks for nothing.
 */
export function readLeaveRequest(mail: Mail): LeaveRequest | undefined {
  const line = firstLine(mail.text)
  const token = withToken.exec(mail.subject)?.[1] ?? withToken.exec(line)?.[1]
  if (token !== undefined) return { token }
  return plain.test(mail.subject) || plain.test(line) ? {} : undefined
}

function firstLine(text: string): string {
  const line =
    text
      .slice(0, 5000)
      .split(/\r?\n/)
      .find((one) => one.trim() !== '') ?? ''
  return line.startsWith('>') || line.length > 120 ? '' : line.trim()
}
