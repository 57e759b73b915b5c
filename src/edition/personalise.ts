import { type RenderedEdition, type SlotValues, splitSlots, writeSlot } from '../model/edition.ts'
import type { Subscriber } from '../model/subscriber.ts'
import { oneLine } from '../templates/plain-text.ts'
import { escapeHtml } from './write-html.ts'

/** How the value of a slot is written in each part of a message. Header encoding (RFC 2047) comes after. */
export const slotWriters = {
  subject: oneLine,
  html: (value: string) => escapeHtml(oneLine(value)),
  text: oneLine,
} as const satisfies Record<string, (value: string) => string>

/** All that a template may say of a subscriber; what tidings itself knows goes before fields of the same name. */
export function slotValues(
  { name, address, fields }: Pick<Subscriber, 'name' | 'address' | 'fields'>,
  unsubscribeUrl: string,
  preferencesUrl = '',
): SlotValues {
  // Also where there is none: no field may stand in for it
  return { firstName: firstName(name), ...fields, name, address, unsubscribeUrl, preferencesUrl }
}

/** What stands before the first space, or after the comma of `Lovelace, Ada`; a name without either is whole. */
function firstName(name: string): string {
  const [family = '', given = ''] = oneLine(name).split(/,\s*/u)
  return (given || family).split(' ')[0] ?? ''
}

/** Fills the slots of an edition for one recipient. */
export function fillSlots(
  { subject, html, text }: Pick<RenderedEdition, 'subject' | 'html' | 'text'>,
  values: SlotValues,
): { readonly subject: string; readonly html: string; readonly text: string } {
  return {
    subject: fillPart(subject, values, slotWriters.subject),
    html: fillPart(html, values, slotWriters.html),
    text: fillPart(text, values, slotWriters.text),
  }
}

function fillPart(part: string, values: SlotValues, write: (value: string) => string): string {
  // first of all, lest an empty value join the halves of a line end or a character
  const fixed = part.toWellFormed().replace(/\r\n?/g, '\n')
  return splitSlots(fixed)
    .map((piece) => (typeof piece === 'string' ? piece : writeSlot(piece, values, write)))
    .join('')
}

/** The text with nothing but fallbacks in its slots: for whoever reads it but is not a recipient. */
export function withoutSlots(text: string): string {
  return splitSlots(text)
    .map((piece) => (typeof piece === 'string' ? piece : piece.fallback))
    .join('')
}
