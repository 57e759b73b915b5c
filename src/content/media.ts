import type { Enclosure, Image } from '../model/article.ts'
import { cleanLine } from './clean.ts'
import { type Field, type Fields, kindOf, lineIn, quote } from './fields.ts'
import type { Table } from './front-matter.ts'
import { parseHttpUrl } from './permalink.ts'

const types: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  m4b: 'audio/mp4',
  aac: 'audio/aac',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  flac: 'audio/flac',
  wav: 'audio/wav',
  weba: 'audio/webm',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  ogv: 'video/ogg',
  pdf: 'application/pdf',
  epub: 'application/epub+zip',
  zip: 'application/zip',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
  txt: 'text/plain',
}

/** An image as `image: photo.jpg`, or a table with `url` (`src`, `path`, `image`) and `alt`; the first one of a list. */
export function readImage(field: Field, fields: Fields, base: string): Image | undefined {
  const value = firstOf(field)
  const source =
    typeof value === 'string'
      ? cleanLine(value)
      : value && lineIn(value, 'url', 'src', 'path', 'image')
  if (source === undefined || source === '') {
    // Themes keep settings in such tables: one without a picture is none
    if (!(value instanceof Map)) rejectShape(field, fields, 'url and alt')
    return undefined
  }
  const url = parseHttpUrl(source, base)
  if (url === undefined) return rejectUrl(field, fields, source)
  const beside = typeof value === 'string' ? undefined : value && lineIn(value, 'alt', 'title')
  const alt =
    beside ??
    fields.line(
      fields.findAnywhere(`${field.name.toLowerCase()}_alt`, `${field.name.toLowerCase()}alt`),
    ) ??
    ''
  return { url, alt }
}

/**
 * A media file as `enclosure: talk.mp3`, or a table with `url`, `type`, `length` (octets), `title` and `duration`
 * (seconds, or `1:02:03`). The type is guessed from the extension.
 */
export function readEnclosure(field: Field, fields: Fields, base: string): Enclosure | undefined {
  const value = firstOf(field)
  const table: Table = value instanceof Map ? value : new Map([['url', value ?? '']])
  const source = lineIn(table, 'url', 'src', 'href', 'path', 'file')
  if (source === undefined) {
    rejectShape(field, fields, 'url, type and length')
    return undefined
  }
  const url = parseHttpUrl(source, base)
  if (url === undefined) return rejectUrl(field, fields, source)
  const type = lineIn(table, 'type', 'mime') ?? typeOf(url)
  const length = lineIn(table, 'length', 'size') ?? '0'
  const duration = lineIn(table, 'duration')
  const seconds = duration === undefined ? undefined : readDuration(duration)
  const title = lineIn(table, 'title')
  const refuse = (message: string) => {
    fields.reject(field, `${field.name}: ${message}`)
    return undefined
  }
  if (type === undefined)
    return refuse(
      `the media type of ${quote(source)} is unknown; write 'type: audio/mpeg' or the like`,
    )
  if (!/^[\w.+-]+\/[\w.+-]+$/.test(type))
    return refuse(`${quote(type)} is no media type; write it as audio/mpeg`)
  if (!/^\d{1,15}$/.test(length))
    return refuse(`length ${quote(length)} is no number of bytes; write it as 1234567`)
  if (duration !== undefined && seconds === undefined) {
    return refuse(`duration ${quote(duration)} is no time; write it in seconds or as 1:02:03`)
  }
  return {
    url,
    type: type.toLowerCase(),
    length: Number(length),
    ...(title !== undefined && { title }),
    ...(seconds !== undefined && { duration: seconds }),
  }
}

function firstOf({ value }: Field): string | Table | undefined {
  if (typeof value === 'string' || value instanceof Map) return value
  const first = (value as readonly unknown[])[0]
  return typeof first === 'string' || first instanceof Map ? first : undefined
}

function rejectShape(field: Field, fields: Fields, keys: string): void {
  fields.reject(
    field,
    `${field.name} must be an address or a table with ${keys}, not a ${kindOf(field.value)}`,
  )
}

function rejectUrl(field: Field, fields: Fields, source: string): undefined {
  fields.reject(
    field,
    `${field.name}: ${quote(source)} is no web address; write a path or an https:// URL`,
  )
}

function typeOf(url: string): string | undefined {
  return types[/\.(\w+)$/.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? '']
}

function readDuration(text: string): number | undefined {
  const [, hours = '0', minutes = '0', seconds] =
    /^(?:(?:(\d+):)?(\d+):)?(\d+)(?:\.\d+)?$/.exec(text) ?? []
  if (seconds === undefined) return undefined
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return Number.isSafeInteger(total) ? total : undefined
}
