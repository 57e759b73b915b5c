/**
 * What the file system says of a file without opening it. Whatever writes to a file moves `changed`, which no program
 * can set; a file that took the place of another has another `inode`.
 */
export interface Stamp {
  /** octets */
  readonly size: number
  /** milliseconds since 1970-01-01T00:00Z, with fractions */
  readonly modified: number
  readonly changed: number
  readonly inode: number
}
