import { promisify } from 'node:util'
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib'
import type { Coding } from './codings.ts'

/** In the threads of libuv: others are answered meanwhile. */
const compressors = {
  br: promisify(brotliCompress),
  zstd: promisify(zstdCompress),
  gzip: promisify(gzip),
}

/** Above this the best takes seconds and gains a hundredth. */
const large = 512 * 1024

/** For what is kept: as small as it gets without making the first one wait. */
export function compressWell(coding: Coding, bytes: Uint8Array): Promise<Uint8Array> {
  const isLarge = bytes.length > large
  const { ZSTD_c_compressionLevel, ZSTD_c_windowLog } = constants
  const options = {
    br: {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: isLarge ? 7 : 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    },
    // RFC 9659: no window above 8 MB
    zstd: { params: { [ZSTD_c_compressionLevel]: isLarge ? 12 : 19, [ZSTD_c_windowLog]: 23 } },
    gzip: { level: 9 },
  }
  return compressors[coding](bytes, options[coding])
}

/** For what is sent once. */
export function compressQuickly(coding: Coding, bytes: Uint8Array): Promise<Uint8Array> {
  const options = {
    br: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    zstd: {},
    gzip: { level: 6 },
  }
  return compressors[coding](bytes, options[coding])
}
