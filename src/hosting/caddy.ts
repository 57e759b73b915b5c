import {
  editionPolicy,
  encodePath,
  escapePattern,
  exposed,
  feedTypes,
  freshly,
  media,
  mediaAge,
  openedType,
  opens,
  pagePolicy,
  preflight,
  type SiteRules,
} from './site-rules.ts'

const xmlFeeds = '(.+/)?(rss\\.xml|atom\\.xml)$'
const feeds = '(.+/)?(rss\\.xml|atom\\.xml|feed\\.json)$'

/** What a Caddy imports in a site whose root is out/, or holds it under the path of `url`. */
export function caddyfile({ url, hubs, moved, gone, hidden }: SiteRules): string {
  const { origin, pathname: base } = new URL(url)
  const at = (path: string) => quote(`${decodeURI(base)}${path}`)
  const matching = (pattern: string) => `\`^${escapePattern(decodeURI(base))}${pattern}\``
  const hubLinks = hubs.map((hub) => `, <${plain(hub)}>; rel="hub"`).join('')
  const linksOf = (matcher: string, rest: string) =>
    `header ${matcher} Link \`<${origin}{tidings_path}>; rel="self"${rest}\``
  return `${[
    '# Written by tidings build. Import it in a site whose root is out/:',
    '#     example.org {',
    '#         root * /srv/paper/out',
    '#         import /srv/paper/.tidings/hosting/Caddyfile',
    '#     }',
    ...[...moved].map(([path, target]) => `redir ${at(path)} ${quote(plain(target))} permanent`),
    ...(gone.length === 0
      ? []
      : [
          `@gone path ${gone.flatMap((path) => [at(encodePath(path)), at(`${encodePath(path)}/`)]).join(' ')}`,
          'error @gone "Gone" 410',
        ]),
    `@hidden path */.* ${at('_headers')} ${at('_redirects')} ${hidden.map((folder) => at(`${folder}/*`)).join(' ')}`.trim(),
    'error @hidden "Not found" 404',
    'map {http.request.uri} {tidings_path} {',
    `    ~^([^?]*) "$\{1}"`,
    '}',
    `@feed path_regexp ${matching(feeds)}`,
    '@preflight {',
    '    method OPTIONS',
    `    path_regexp ${matching(feeds)}`,
    '}',
    ...Object.entries(preflight).map(
      ([name, value]) => `header @preflight ${name} ${quote(value)}`,
    ),
    'respond @preflight 204',
    ...Object.entries(feedTypes).flatMap(([name, type]) => {
      const matcher = `@is_${name.replace('.', '_')}`
      const charset = type.endsWith('json') ? '' : '; charset=utf-8'
      return [
        `${matcher} path_regexp ${matching(`(.+/)?${escapePattern(name)}$`)}`,
        `header ${matcher} Content-Type "${type}${charset}"`,
      ]
    }),
    '@openedFeed {',
    `    path_regexp ${matching(xmlFeeds)}`,
    `    header ${opens.header} ${opens.value}`,
    '}',
    `header @openedFeed Content-Type "${openedType}; charset=utf-8"`,
    `@xmlFeed path_regexp ${matching(xmlFeeds)}`,
    `header @xmlFeed +Vary ${opens.header}`,
    `@opml path *.opml`,
    'header @opml Content-Type "text/x-opml; charset=utf-8"',
    ...['@feed', '@opml'].flatMap((matcher) => [
      `header ${matcher} Access-Control-Allow-Origin *`,
      `header ${matcher} Access-Control-Expose-Headers ${quote(exposed)}`,
    ]),
    linksOf('@feed', hubLinks),
    `@feedArchive path_regexp ${matching(`archive/${feeds}`)}`,
    linksOf('@feedArchive', ''),
    'header X-Content-Type-Options nosniff',
    'header Referrer-Policy no-referrer',
    `@media path ${media.map((ending) => `*.${ending}`).join(' ')}`,
    `@other not path ${media.map((ending) => `*.${ending}`).join(' ')}`,
    `header @media Cache-Control "${mediaAge}"`,
    `header @other Cache-Control "${freshly}"`,
    `@edition path_regexp ${matching('editions/[^/]+/([^/]+\\.html)?$')}`,
    '@page {',
    `    not path_regexp ${matching('editions/[^/]+/([^/]+\\.html)?$')}`,
    '}',
    `header @edition Content-Security-Policy ${quote(editionPolicy)}`,
    `header @page Content-Security-Policy ${quote(pagePolicy)}`,
    'encode zstd gzip {',
    '    minimum_length 200',
    '    match {',
    ...compressible.map((type) => `        header Content-Type ${type}*`),
    '    }',
    '}',
    'file_server',
  ].join('\n')}\n`
}

const compressible = [
  'text/',
  ...['json', 'feed+json', 'xml', 'rss+xml', 'atom+xml'].map((type) => `application/${type}`),
  'image/svg+xml',
]

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** Braces are placeholders. */
function plain(url: string): string {
  return url.replace(/[{}"`\\]/g, encodeURIComponent)
}
