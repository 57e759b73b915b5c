import {
  encodePath,
  exposed,
  feedTypes,
  freshly,
  joinedPolicy,
  media,
  mediaAge,
  openedType,
  pagePolicy,
  type SiteRules,
} from './site-rules.ts'

const folders = ['tags', 'authors', 'sections', 'languages', 'archive']

/**
 * `_headers` of Netlify and Cloudflare Pages. Where several rules meet, one of the two adds up what they say: so no
 * header stands in two that do.
 */
export function headersFile({ url, hubs }: SiteRules): string {
  const { pathname: base } = new URL(url)
  const rule = (path: string, headers: Readonly<Record<string, string>>) => [
    `${base}${path}`,
    ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`),
  ]
  const policy = { 'Content-Security-Policy': pagePolicy, 'Cache-Control': freshly }
  const shared = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': exposed }
  const links = hubs.map((hub) => `<${hub}>; rel="hub"`)
  return `${[
    '# Written by tidings build',
    ...rule('*', { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' }),
    ...['', 'index.html', 'tidings.css', 'feed.css'].flatMap((path) => rule(path, policy)),
    ...folders.flatMap((folder) => rule(`${folder}/*`, policy)),
    ...rule('editions/*', { ...policy, 'Content-Security-Policy': joinedPolicy }),
    ...Object.entries(feedTypes).flatMap(([name, type]) => {
      // Such a host cannot tell people from programs, which take either type
      const contentType = type.endsWith('json') ? type : `${openedType}; charset=utf-8`
      const common = { 'Content-Type': contentType, ...shared }
      const self = `<${new URL(name, url).href}>; rel="self"`
      const first = { Link: [self, ...links].join(', '), ...policy }
      return [...rule(name, { ...common, ...first }), ...rule(`*/${name}`, common)]
    }),
    ...rule('feeds.opml', { 'Content-Type': 'text/x-opml; charset=utf-8', ...shared, ...policy }),
    ...media.flatMap((ending) => rule(`*.${ending}`, { 'Cache-Control': mediaAge })),
  ].join('\n')}\n`
}

/** `_redirects` of both. Neither knows 410: to them, what is gone is not found. */
export function redirectsFile({ url, moved }: SiteRules): string {
  const { pathname: base } = new URL(url)
  return `${[
    '# Written by tidings build',
    ...[...moved].map(([path, target]) => `${base}${encodePath(path)} ${target} 301`),
  ].join('\n')}\n`
}
