import { resolveMedia } from './links.ts'

/**
 * What stands in for a frame or a plug-in, which no feed reader and no mail program shows: a link to what a person
 * would want to open, not to the player.
 */
export function embedLink(
  source: string,
  title: string,
  base: string,
): { href: string; text: string } | undefined {
  const href = resolveMedia(source, base)
  const url = href === undefined ? null : URL.parse(href)
  if (url === null || url.hostname === '') return undefined
  const watchable = video(url) ?? url.href
  const text =
    title.replace(/\s+/g, ' ').trim() || `▶ ${url.hostname.replace(/^(?:www|player)\./, '')}`
  return { href: watchable, text }
}

function video({ hostname, pathname, searchParams }: URL): string | undefined {
  if (/^(?:www\.)?youtube(?:-nocookie)?\.com$/.test(hostname)) {
    const list = searchParams.get('list')
    if (pathname === '/embed/videoseries' && list !== null) {
      return `https://www.youtube.com/playlist?list=${encodeURIComponent(list)}`
    }
    const id = /^\/(?:embed|v)\/([\w-]{1,20})$/.exec(pathname)?.[1]
    return id === undefined ? undefined : `https://www.youtube.com/watch?v=${id}`
  }
  if (hostname === 'player.vimeo.com') {
    const id = /^\/video\/(\d{1,15})$/.exec(pathname)?.[1]
    return id === undefined ? undefined : `https://vimeo.com/${id}`
  }
  return undefined
}
