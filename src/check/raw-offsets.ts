/**
 * Finds in a document where a character of an element's text was written: in CDATA, as itself, or as a reference such
 * as `&lt;`. Asked for growing indices it goes through the text once.
 *
 * @param start offset behind the start tag
 */
export function rawOffsets(text: string, start: number): (index: number) => number {
  let offset = start
  let index = 0
  let inside = false
  return (wanted) => {
    if (wanted < index) {
      offset = start
      index = 0
      inside = false
    }
    while (offset < text.length) {
      if (!inside && text.startsWith('<![CDATA[', offset)) {
        inside = true
        offset += 9
      } else if (inside && text.startsWith(']]>', offset)) {
        inside = false
        offset += 3
      } else if (index >= wanted) break
      else {
        const [length, units] = inside ? plain(text, offset) : step(text, offset)
        offset += length
        index += units
      }
    }
    return Math.min(offset, text.length)
  }
}

/** How long the next character is in the document, and how many units it is in the text. */
function step(text: string, offset: number): readonly [length: number, units: number] {
  if (text[offset] !== '&') return plain(text, offset)
  const end = text.indexOf(';', offset)
  if (end < 0 || end - offset > 40) return [1, 1]
  const code = /^&#(?:x([\da-f]+)|(\d+));$/i.exec(text.slice(offset, end + 1))
  const point = code ? Number.parseInt(code[1] ?? code[2] ?? '', code[1] ? 16 : 10) : 0
  return [end + 1 - offset, point > 0xffff ? 2 : 1]
}

function plain(text: string, offset: number): readonly [length: number, units: number] {
  return text.startsWith('\r\n', offset) ? [2, 1] : [1, 1]
}
