/** How files of a kind begin, read as Latin-1; what they are then; and what else such a file may rightly be called. */
const signatures: readonly (readonly [begins: RegExp, type: string, also: RegExp])[] = [
  [/^\xff[\xf0\xf1\xf8\xf9]/, 'audio/aac', /^audio\/(?:aacp?|x-aac)$/],
  [/^\xff[\xe2-\xe7\xf2-\xf7\xfa\xfb]/, 'audio/mpeg', /^audio\/(?:mp3|mpeg3)$/],
  // A tag that other formats than MP3 begin with, too
  [/^ID3[^ -~]/, 'audio/mpeg', /^audio\//],
  [/^RIFF....WAVE/s, 'audio/wav', /^audio\/(?:x-|vnd\.)?wave?$/],
  [/^RIFF....WEBP/s, 'image/webp', /^$/],
  [/^fLaC[^ -~]/, 'audio/flac', /^audio\/x-flac$/],
  [/^OggS[^ -~]/, 'audio/ogg', /^\w+\/(?:x-)?(?:ogg|opus|vorbis|flac|speex)$/],
  [/^....ftypM4[AB]/s, 'audio/mp4', /^audio\/(?:x-m4[ab]|m4[ab]|aac|mp4a-latm)$/],
  // One container for sound, film and pictures
  [
    /^....ftyp/s,
    'video/mp4',
    /^(?:audio|video)\/(?!mpeg$)[\w.+-]+$|^image\/(?:avif|hei[cf])(?:-sequence)?$/,
  ],
  [/^.E\xdf\xa3/s, 'video/webm', /^(?:audio|video)\/(?:webm|(?:x-)?matroska)$/],
  [/^%PDF-/, 'application/pdf', /^$/],
  [/^\x89PNG/, 'image/png', /^image\/apng$/],
  [/^\xff\xd8\xff/, 'image/jpeg', /^image\/jpg$/],
  [/^GIF8[79]a/, 'image/gif', /^$/],
  [/^PK[^ -~]{2}/, 'application/zip', /^(?:application|model)\/(?!octet-stream$)[\w.+-]+$/],
]

/** As many octets as any of them needs. */
export const signatureLength = 24

/** What Git LFS leaves where the file itself was not fetched. */
export function isPointer(beginning: Uint8Array): boolean {
  return Buffer.from(beginning).toString('latin1').startsWith('version https://git-lfs')
}

/**
 * The media type of a file: the one that it is said to have, unless it begins as a file of another kind.
 *
 * @param beginning its first `signatureLength` octets, fewer when it is shorter
 */
export function trueType(declared: string, beginning: Uint8Array): string {
  // What a text begins with is its author's
  if (declared.startsWith('text/')) return declared
  const text = Buffer.from(beginning).toString('latin1')
  const found = signatures.find(([begins]) => begins.test(text))
  if (!found) return declared
  const [, type, also] = found
  return also.test(declared) ? declared : type
}
