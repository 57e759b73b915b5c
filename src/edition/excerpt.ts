import { shorten } from '../templates/plain-text.ts'
import type { MailNode } from './mail-html.ts'

/** The beginning of an article. */
export interface Excerpt {
  readonly nodes: readonly MailNode[]
  /** nothing was left out */
  readonly whole: boolean
}

/**
 * Takes whole blocks from the beginning of an article while they fit into `most` characters of text. Only when
 * the very first one is too long is it cut, at a word's end. An excerpt does not end on a heading.
 */
export function takeExcerpt(nodes: readonly MailNode[], most: number): Excerpt {
  const taken: MailNode[] = []
  let left = most
  for (const node of nodes) {
    const length = textLength(node)
    if (length > left) break
    taken.push(node)
    left -= length
  }
  const next = nodes[taken.length]
  if (next === undefined) return { nodes: taken, whole: true }
  while (taken.length > 0 && endsBadly(taken.at(-1))) taken.pop()
  if (taken.length > 0) return { nodes: taken, whole: false }
  const first = cut(next, most).node
  return { nodes: first === undefined ? [] : [first], whole: false }
}

function endsBadly(node: MailNode | undefined): boolean {
  return typeof node === 'object' && ['h3', 'h4', 'hr'].includes(node.tag)
}

// a picture, an address and a tag take room too
const markup = 4
const picture = 120

/** Characters that a reader sees, and a little for what markup costs. */
export function textLength(node: MailNode): number {
  if (typeof node === 'string') return node.replace(/\s+/g, ' ').length
  const own = node.tag === 'img' ? picture + (node.attributes.src?.length ?? 0) : markup
  const link = (node.attributes.href?.length ?? 0) / 4
  return node.children.reduce((sum, child) => sum + textLength(child), own + link)
}

function cut(node: MailNode, most: number): { node: MailNode | undefined; left: number } {
  const length = textLength(node)
  if (length <= most) return { node, left: most - length }
  if (typeof node === 'string') {
    return { node: most > 0 ? shorten(node.replace(/\s+/g, ' '), most) : undefined, left: 0 }
  }
  let left = most
  const children: MailNode[] = []
  for (const child of node.children) {
    if (left <= 0) break
    const part = cut(child, left)
    if (part.node !== undefined) children.push(part.node)
    left = part.left
  }
  return { node: children.length === 0 ? undefined : { ...node, children }, left: 0 }
}
