/** Elements that stay, and the attributes that stay on them besides those of `globalAttributes`. */
export const allowed: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>(
  Object.entries({
    a: ['href'],
    audio: ['src'],
    blockquote: ['cite'],
    code: ['class'],
    del: ['cite', 'datetime'],
    details: ['open'],
    div: ['align'],
    h1: ['align'],
    h2: ['align'],
    h3: ['align'],
    h4: ['align'],
    h5: ['align'],
    h6: ['align'],
    img: ['src', 'srcset', 'sizes', 'alt', 'width', 'height'],
    ins: ['cite', 'datetime'],
    li: ['value'],
    ol: ['start', 'reversed', 'type'],
    p: ['align'],
    pre: ['class'],
    q: ['cite'],
    source: ['src', 'srcset', 'sizes', 'type', 'media'],
    td: ['colspan', 'rowspan', 'align'],
    th: ['colspan', 'rowspan', 'align', 'scope'],
    time: ['datetime'],
    video: ['src', 'poster', 'width', 'height'],
    ...plain(
      'abbr address article aside b bdi bdo br caption cite dd dfn dl dt em figcaption figure footer header hgroup hr',
      'i kbd main mark nav picture rp rt ruby s samp section small span strong sub summary sup table tbody',
      'tfoot thead tr u ul var wbr',
    ),
  }),
)

export const globalAttributes: readonly string[] = [
  'id',
  'lang',
  'dir',
  'title',
  'role',
  'aria-label',
  'aria-hidden',
  'aria-checked',
  'aria-disabled',
]

/** Elements that are another one by now, or that keep their content apart from its neighbours only. */
export const renamed: ReadonlyMap<string, string> = new Map(
  Object.entries({
    acronym: 'abbr',
    center: 'div',
    dialog: 'div',
    dir: 'ul',
    fieldset: 'div',
    form: 'div',
    image: 'img',
    legend: 'div',
    listing: 'pre',
    menu: 'ul',
    search: 'div',
    strike: 's',
    tt: 'code',
    xmp: 'pre',
  }),
)

/** Elements that go with everything in them. */
export const dropped: ReadonlySet<string> = words(
  'annotation annotation-xml datalist math noembed noframes script select style svg template textarea title',
)

/** Elements of HTML that end `svg` or `math` when those were never closed (HTML, 13.2.6.5). */
export const breakouts: ReadonlySet<string> = words(
  'b big blockquote body br center code dd div dl dt em h1 h2 h3 h4 h5 h6 head hr i img li menu ol p pre ruby s',
  'small span strong strike sub sup table tt u ul var',
)

export const voids: ReadonlySet<string> = words(
  'area base basefont bgsound br col embed frame hr img image input link meta param source track wbr',
)

/** What survives the end of the block that it stands in, as in every browser (HTML, 13.2.4.3). */
export const formatting: ReadonlySet<string> = words('a b code em i s small strong u')

export const headings: ReadonlySet<string> = words('h1 h2 h3 h4 h5 h6')

/** What text cannot stand in directly. */
export const tableParts: ReadonlySet<string> = words('table tbody thead tfoot tr')

/** What cannot stand outside a table. */
export const tableOnly: ReadonlySet<string> = words('caption tbody thead tfoot tr td th')

/** What no end tag and no implied end reaches through. */
export const cells: ReadonlySet<string> = words('td th caption')

/** What ends a paragraph by its beginning. */
export const closesParagraph: ReadonlySet<string> = words(
  'address article aside blockquote details div dd dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup',
  'hr li main nav ol p pre section summary table ul',
)

export const blocks: ReadonlySet<string> = new Set([...closesParagraph, ...tableOnly])

/** What a paragraph may stand in. */
export const flowContainers: ReadonlySet<string> = words(
  'article aside blockquote dd details div figcaption figure footer header li main nav section td th',
)

function words(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.join(' ').split(' '))
}

function plain(...lists: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...words(...lists)].map((name) => [name, []]))
}
