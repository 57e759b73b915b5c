import type { Image } from '../model/article.ts'
import { element } from './xml.ts'

/** Media RSS, the one way to give an item a picture that is not an attachment, in RSS and in Atom. */
export const mediaNamespace = 'xmlns:media="http://search.yahoo.com/mrss/"'

/**
 * The picture of an item as `media:content`. Not with `media:description`: readers have been seen to take that for
 * the summary of the item.
 */
export function mediaElements(image: Image | undefined): readonly string[] {
  return image ? [element('media:content', { url: image.url, medium: 'image' })] : []
}
