import { type RenderedEdition, type SlotName, type SlotValues, slot } from '../model/edition.ts'
import { oneLine } from '../templates/plain-text.ts'
import { escapeHtml } from './write-html.ts'

/** How the value of a slot is written in each part of a message. Header encoding (RFC 2047) comes after. */
export const slotWriters = {
  subject: oneLine,
  html: (value: string) => escapeHtml(oneLine(value)),
  text: oneLine,
} as const satisfies Record<string, (value: string) => string>

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
  return (Object.keys(values) as SlotName[]).reduce(
    (filled, name) => filled.replaceAll(slot(name), () => write(values[name])),
    part,
  )
}

/** The text without its slots: for whoever reads it but is not a recipient. */
export function withoutSlots(text: string): string {
  return text.replace(/\uFDD0\w*\uFDD1/gu, '')
}
