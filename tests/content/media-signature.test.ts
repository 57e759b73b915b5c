import { describe, expect, it } from 'vitest'
import { isPointer, trueType } from '../../src/content/media-signature.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('the type of a media file', () => {
  it.each([
    ['RIFF\0\0\0\0WAVEfmt ', 'video/mp4', 'audio/wav'],
    ['\x89PNG\r\n', 'audio/mpeg', 'image/png'],
    ['\0\0\0\x20ftypM4A ', 'audio/mpeg', 'audio/mp4'],
    ['\0\0\0\x20ftypM4A ', 'application/octet-stream', 'audio/mp4'],
    ['\0\0\0\x20ftypisom', 'audio/mpeg', 'video/mp4'],
    ['ID3\x04\0', 'application/octet-stream', 'audio/mpeg'],
    ['PK\x03\x04', 'audio/mpeg', 'application/zip'],
  ])('is what the file begins as: %j said to be %s', (beginning, declared, type) => {
    expect(trueType(declared, bytes(beginning))).toBe(type)
  })

  it.each([
    ['ID3\x04\0', 'audio/flac'],
    ['ID3\x04\0', 'audio/x-aac'],
    ['ID3 is a tag', 'application/octet-stream'],
    ['OggS, a poem', 'application/octet-stream'],
    ['\xff\xfeH\0i\0', 'application/octet-stream'],
    ['\xff\xfbx', 'audio/mpeg'],
    ['\xff\xfbx', 'text/plain'],
    ['\0\0\0\x20ftypM4A ', 'audio/x-m4a'],
    ['\0\0\0\x20ftypisom', 'audio/mp4'],
    ['\0\0\0\x20ftypheic', 'image/heic-sequence'],
    ['\x1aE\xdf\xa3', 'video/matroska'],
    ['PK\x03\x04', 'application/epub+zip'],
    ['PK\x03\x04', 'model/3mf'],
    ['', 'audio/mpeg'],
    ['whatever', 'audio/mpeg'],
  ])('stays as it is said to be: %j said to be %s', (beginning, declared) => {
    expect(trueType(declared, bytes(beginning))).toBe(declared)
  })

  it('is not told by what stands for a file that was not fetched', () => {
    expect(isPointer(bytes('version https://git-lfs.github.com/spec/v1\noid'))).toBe(true)
    expect(isPointer(bytes('ID3\x04'))).toBe(false)
  })
})
