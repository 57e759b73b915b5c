/** How files of a kind begin, read as Latin-1; what they are then; and what else such a file may rightly be called. */
const signatures: readonly (readonly [begins: RegExp, type: string, also: RegExp])[] = [
  [/^\xff[\xf0\xf1\xf8\xf9]/, 'audio/aac', /^audio\/(?:aacp?|x-aac)$/],
  [/^(?:ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfe])/, 'audio/mpeg', /^audio\/(?:mp3|mpeg3|aacp?)$/],
  [/^RIFF....WAVE/s, 'audio/wav', /^audio\/(?:x-|vnd\.)?wave?$/],
  [/^RIFF....WEBP/s, 'image/webp', /^$/],
  [/^fLaC/, 'audio/flac', /^audio\/x-flac$/],
  [/^OggS/, 'audio/ogg', /^\w+\/(?:x-)?(?:ogg|opus|vorbis)$/],
  // One container for sound, film and pictures
  [/^....ftyp/s, 'video/mp4', /^(?:audio|video)\/[\w.+-]*$|^image\/(?:avif|heic|heif)$/],
  [/^.E\xdf\xa3/s, 'video/webm', /^(?:audio|video)\/(?:webm|x-matroska)$/],
  [/^%PDF-/, 'application/pdf', /^$/],
  [/^\x89PNG/, 'image/png', /^image\/apng$/],
  [/^\xff\xd8\xff/, 'image/jpeg', /^image\/jpg$/],
  [/^GIF8/, 'image/gif', /^$/],
  [/^PK[^!-~]{2}/, 'application/zip', /^application\/[\w.+-]*$/],
]

/** As many octets as any of them needs. */
export const signatureLength = 16

/**
 * The media type of a file: the one that it is said to have, unless it begins as a file of another kind.
 *
 * @param beginning its first `signatureLength` octets, fewer when it is shorter
 */
export function trueType(declared: string, beginning: Uint8Array): string {
  const text = Buffer.from(beginning).toString('latin1')
  const found = signatures.find(([begins]) => begins.test(text))
  if (!found) return declared
  const [, type, also] = found
  return also.test(declared) ? declared : type
}
