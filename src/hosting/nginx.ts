import {
  editionPolicy,
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

/** What an nginx includes in a `server` whose root is out/, or holds it under the path of `url`. */
export function nginxConf({ url, hubs, moved, gone, hidden }: SiteRules): string {
  const { origin, pathname: base } = new URL(url)
  const at = (path: string) => quote(`${decodeURI(base)}${path}`)
  const matching = (pattern: string) => `"^${escapePattern(decodeURI(base))}${pattern}"`
  const common = [
    header('X-Content-Type-Options', 'nosniff'),
    header('Referrer-Policy', 'no-referrer'),
  ]
  const hubLinks = hubs.map((hub) => `, <${plain(hub)}>; rel=\\"hub\\"`).join('')
  const feedHeaders = [
    ...common,
    header('Cache-Control', freshly),
    header('Content-Security-Policy', pagePolicy),
    'set $tidings_hubs "";',
    ...(hubLinks === ''
      ? []
      : [
          `set $tidings_hubs "${hubLinks}";`,
          `if ($uri ~ ${matching('archive/')}) { set $tidings_hubs ""; }`,
        ]),
    `add_header Link "<${origin}$tidings_path>; rel=\\"self\\"$tidings_hubs" always;`,
    header('Access-Control-Allow-Origin', '*'),
    header('Access-Control-Expose-Headers', exposed),
  ]
  const ifOpened = `if ($http_${opens.header.toLowerCase().replaceAll('-', '_')} = ${opens.value})`
  const feed = (name: string, type: string) => [
    `location ~ ${matching(`(.+/)?${escapePattern(name)}$`)} {`,
    '    types { }',
    `    default_type ${type};`,
    ...indent(feedHeaders),
    ...(type.endsWith('xml')
      ? [
          `    ${header('Vary', opens.header)}`,
          '    error_page 418 = @tidings_opened;',
          `    ${ifOpened} { return 418; }`,
        ]
      : []),
    '    if ($request_method = OPTIONS) {',
    ...Object.entries(preflight).map(([name, value]) => `        ${header(name, value)}`),
    '        return 204;',
    '    }',
    '}',
  ]
  return lines([
    '# Written by tidings build. Include it in a server block whose root is out/:',
    '#     server { listen 443 ssl; root /srv/paper/out; include /srv/paper/.tidings/hosting/nginx.conf; }',
    'index index.html;',
    'etag on;',
    'gzip on;',
    'gzip_vary on;',
    'gzip_proxied any;',
    'gzip_min_length 200;',
    'gzip_types text/css text/plain text/x-opml application/json application/xml application/rss+xml application/atom+xml application/feed+json image/svg+xml;',
    'charset utf-8;',
    'charset_types text/css text/plain text/x-opml application/xml application/rss+xml application/atom+xml;',
    '# The path as it was asked for, without a query',
    'if ($request_uri ~ "^(?<tidings_path>[^?]*)") { set $tidings_asked 1; }',
    ...[...moved].map(
      ([path, target]) => `location = ${at(path)} { return 301 "${plain(target)}"; }`,
    ),
    ...gone.flatMap((path) => [
      `location = ${at(path)} { return 410; }`,
      `location = ${at(`${path}/`)} { return 410; }`,
    ]),
    ...hidden.map((folder) => `location ^~ ${at(`${folder}/`)} { return 404; }`),
    'location ~ "/\\." { return 404; }',
    `location ~ ${matching('_(headers|redirects)$')} { return 404; }`,
    ...Object.entries(feedTypes).flatMap(([name, type]) => feed(name, type)),
    '# The same for people, whom browsers show the source of anything but this type',
    'location @tidings_opened {',
    '    types { }',
    `    default_type ${openedType};`,
    ...indent(feedHeaders),
    `    ${header('Vary', opens.header)}`,
    '    try_files $uri =404;',
    '}',
    `location ~ ${matching('(.+/)?[^/]+\\.opml$')} {`,
    '    types { }',
    '    default_type text/x-opml;',
    ...indent(common),
    `    ${header('Cache-Control', freshly)}`,
    `    ${header('Content-Security-Policy', pagePolicy)}`,
    `    ${header('Access-Control-Allow-Origin', '*')}`,
    `    ${header('Access-Control-Expose-Headers', exposed)}`,
    '}',
    `location ~ ${matching('editions/[^/]+/([^/]+\\.html)?$')} {`,
    ...indent(common),
    `    ${header('Cache-Control', freshly)}`,
    `    ${header('Content-Security-Policy', editionPolicy)}`,
    '}',
    `location ~ "\\.(${media.join('|')})$" {`,
    ...indent(common),
    `    ${header('Cache-Control', mediaAge)}`,
    `    ${header('Content-Security-Policy', pagePolicy)}`,
    '}',
    `location ${at('')} {`,
    ...indent(common),
    `    ${header('Cache-Control', freshly)}`,
    `    ${header('Content-Security-Policy', pagePolicy)}`,
    '}',
  ])
}

function header(name: string, value: string): string {
  return `add_header ${name} "${value}" always;`
}

function indent(list: readonly string[]): readonly string[] {
  return list.map((line) => `    ${line}`)
}

/** In quotes, where nginx looks for no variables. */
function quote(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`
}

/** Where nginx looks for variables, there is no way to write `$`. A URL may have it encoded. */
function plain(url: string): string {
  return url.replaceAll('$', '%24').replaceAll('"', '%22').replaceAll('\\', '%5C')
}

function lines(list: readonly string[]): string {
  return `${list.join('\n')}\n`
}
