/**
 * @param fileAt the file at a place from 0 up to `count`; they are in order, by UTF-16 code units
 * @returns the place of `file`; -1 where it has none
 */
export function findFile(file: string, count: number, fileAt: (at: number) => string): number {
  let [from, to] = [0, count]
  while (from < to) {
    const middle = (from + to) >> 1
    if (fileAt(middle) < file) from = middle + 1
    else to = middle
  }
  return from < count && fileAt(from) === file ? from : -1
}
