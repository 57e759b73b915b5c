import { describe, expect, it } from 'vitest'
import { atom, codesOf } from './samples.ts'

const second = (more: string, id = 'tag:example.org,2026:two', updated = '2026-10-03T00:00:00Z') =>
  `<entry><id>${id}</id><title>Two</title><updated>${updated}</updated><link href="https://example.org/two/"/>${more}</entry>`
const xhtml = 'xmlns="http://www.w3.org/1999/xhtml"'
const history = ' xmlns:fh="http://purl.org/syndication/history/1.0"'
const tombstones = ' xmlns:at="http://purl.org/atompub/tombstones/1.0"'

describe('an Atom feed to which there is nothing to object', () => {
  it.each([
    ['has identity, title, date and author', {}],
    [
      'has its texts as text, HTML and XHTML',
      {
        head: '<subtitle type="html">A &amp;lt; B</subtitle>',
        entry: `<content type="xhtml"><div ${xhtml}><p>A <a href="https://example.org/">b</a></p></div></content>`,
      },
    ],
    [
      'has alternates that differ in language',
      {
        head: '<link href="https://example.org/"/><link href="https://example.org/es/" hreflang="es"/>',
      },
    ],
    [
      'has addresses with letters of any script',
      { entry: '<link rel="related" href="https://example.org/ñ"/>' },
    ],
    [
      'says what relative references start from',
      {
        root: ' xml:base="https://example.org/"',
        head: '<link href="/"/><icon>/icon.png</icon>',
        entry: '<content type="html">&lt;img src="a.png" alt=""&gt;</content>',
      },
    ],
    [
      'is one document of a history',
      {
        root: history,
        head: '<fh:archive/><link rel="current" href="https://example.org/"/><link rel="prev-archive" href="https://example.org/1"/>',
      },
    ],
    [
      'has content that is elsewhere, and a summary',
      { entry: '<content src="https://example.org/a.mp3" type="audio/mpeg"/>' },
    ],
    [
      'leaves the authors to its entries',
      {
        entries: second(
          '<summary>x</summary><author><name>Bob</name><email>bob@example.org</email></author>',
        ),
      },
    ],
    [
      'has a tombstone',
      {
        root: tombstones,
        head: '<at:deleted-entry ref="tag:example.org,2026:0" when="2026-10-01T00:00:00Z"/>',
      },
    ],
  ])('%s', (_, parts) => {
    expect(codesOf(atom(parts), { url: 'https://example.org/atom.xml' })).toEqual([])
  })

  it('may be an entry by itself', () => {
    const entry = second('<summary>x</summary><author><name>Bob</name></author>')
    expect(codesOf(entry.replace('<entry', '<entry xmlns="http://www.w3.org/2005/Atom"'))).toEqual(
      [],
    )
  })
})

describe('in an Atom feed', () => {
  it.each([
    // dates
    ['date-invalid', { entry: '<published>Thu, 01 Oct 2026 10:00:00 GMT</published>' }],
    ['date-invalid', { entry: '<published>2026-10-01</published>' }],
    ['date-invalid', { entry: '<published>2026-10-01t00:00:00z</published>' }],
    ['date-invalid', { entry: '<published> 2026-10-01T00:00:00Z </published>' }],
    ['date-invalid', { entry: '<published>2026-09-31T00:00:00Z</published>' }],
    ['date-future', { entries: second('<summary>x</summary>', undefined, '2026-12-01T00:00:00Z') }],
    ['date-implausible', { entry: '<published>0001-01-01T00:00:00Z</published>' }],
    ['date-order', { entry: '<published>2026-10-02T00:00:00+00:00</published>' }],
    // identities
    ['id-invalid', { entries: second('<summary>x</summary>', 'two') }],
    ['id-invalid', { entries: second('<summary>x</summary>', ' tag:example.org,2026:2 ') }],
    ['id-invalid', { entries: second('<summary>x</summary>', 'tag:example.org,26:2') }],
    ['id-invalid', { entries: second('<summary>x</summary>', 'urn:uuid:1234') }],
    ['id-not-canonical', { entries: second('<summary>x</summary>', 'https://Example.org/2') }],
    ['id-not-canonical', { entries: second('<summary>x</summary>', 'https://example.org') }],
    ['id-duplicate', { entries: second('<summary>x</summary>', 'tag:example.org,2026:one') }],
    [
      'id-duplicate',
      {
        entries: second('<summary>x</summary>', 'tag:example.org,2026:one', '2026-10-01T00:00:00Z'),
      },
    ],
    ['id-duplicate', { entries: second('<summary>x</summary>', 'tag:example.org,2026:feed') }],
    // elements
    ['element-missing', atom().replace('<updated>2026-10-01T00:00:00Z</updated>', '')],
    ['element-missing', atom().replace('<title>Paper</title>', '')],
    ['element-missing', { entry: '<author><email>a@example.org</email></author>' }],
    ['email-in-name', { entry: '<author><name>ann@example.org</name></author>' }],
    ['source-incomplete', { entry: '<source><id>urn:x:1</id><title>Elsewhere</title></source>' }],
    ['url-relative', { entry: '<category term="a" scheme="/tags/"/>' }],
    [
      'namespace-missing',
      { entry: `<content type="xhtml"><div ${xhtml}><b xmlns="">x</b></div></content>` },
    ],
    [
      'namespace-prefix',
      atom()
        .replace(/<(\/?)(?=[a-z])/g, '<$1a:')
        .replace('xmlns=', 'xmlns:a='),
    ],
    ['author-missing', atom().replace('<author><name>Ann</name></author>', '')],
    ['content-missing', { entries: second('') }],
    ['content-missing', atom().replace('<link href="https://example.org/one/"/>', '')],
    [
      'summary-missing',
      { entries: second('<content src="https://example.org/a.mp3" type="audio/mpeg"/>') },
    ],
    ['element-duplicate', { entry: '<title>Again</title>' }],
    ['element-unknown', { entry: '<pubDate>2026-10-01T00:00:00Z</pubDate>' }],
    ['namespace-missing', { entry: '<extra xmlns="">x</extra>' }],
    ['attribute-unknown', { entry: '<author><name type="text">Ann</name></author>' }],
    ['attribute-missing', { entry: '<category label="One"/>' }],
    ['element-empty', { entry: '<category term=""/>' }],
    [
      'email-invalid',
      { entry: '<author><name>Ann</name><email>ann at example.org</email></author>' },
    ],
    ['item-misplaced', { entries: '<rights>All</rights>' }],
    ['text-unexpected', { entry: 'Text' }],
    // links
    ['attribute-missing', { entry: '<link rel="related"/>' }],
    ['url-empty', { entry: '<link rel="related" href=""/>' }],
    ['url-relative', { entry: '<link rel="related" href="/one"/>' }],
    ['url-unsafe', { entry: '<link rel="related" href="javascript:x()"/>' }],
    ['link-relation', { entry: '<link rel="picture" href="https://example.org/a.png"/>' }],
    ['link-duplicate', { entry: '<link rel="alternate" href="https://example.org/1/"/>' }],
    ['link-not-empty', { entry: '<link rel="related" href="https://example.org/2">Two</link>' }],
    [
      'language-invalid',
      { entry: '<link rel="related" href="https://example.org/2" hreflang="en_US"/>' },
    ],
    ['language-invalid', { root: ' xml:lang="english language"' }],
    [
      'media-type-invalid',
      { entry: '<link rel="related" href="https://example.org/2" type="html"/>' },
    ],
    [
      'number-invalid',
      { entry: '<link rel="enclosure" href="https://example.org/2" length="1.5 MB"/>' },
    ],
    ['self-missing', atom().replace(/<link rel="self".*\/>/, '')],
    ['self-duplicate', { head: '<link rel="self" href="https://example.org/atom.xml"/>' }],
    ['self-mismatch', atom().replace('/atom.xml', '/feed')],
    // content
    ['text-type', { entry: '<rights type="text/html">All</rights>' }],
    ['html-unescaped', { entry: `<content type="html"><p ${xhtml}>A</p></content>` }],
    ['html-in-text', { entry: '<rights>&lt;b&gt;All&lt;/b&gt;</rights>' }],
    ['xhtml-div', { entry: `<content type="xhtml"><p ${xhtml}>A</p></content>` }],
    [
      'html-unsafe',
      { entry: `<content type="xhtml"><div ${xhtml}><script>x()</script></div></content>` },
    ],
    ['html-relative', { entry: '<content type="html">&lt;img src="a.png"&gt;</content>' }],
    [
      'content-src',
      { entry: '<content src="https://example.org/a" type="audio/mpeg">x</content>' },
    ],
    ['media-type-missing', { entry: '<content src="https://example.org/a"/>' }],
    ['content-base64', { entry: '<content type="image/png">not base64!</content>' }],
    // history (RFC 5005)
    [
      'history-contradiction',
      {
        root: history,
        head: '<fh:archive/><fh:complete/><link rel="current" href="https://example.org/"/>',
      },
    ],
    [
      'history-complete',
      {
        root: history,
        head: '<fh:complete/><link rel="prev-archive" href="https://example.org/1"/>',
      },
    ],
    ['history-current', { root: history, head: '<fh:archive/>' }],
    ['history-circle', { head: '<link rel="next" href="https://example.org/atom.xml"/>' }],
    ['history-misplaced', { entry: '<link rel="prev-archive" href="https://example.org/1"/>' }],
    // tombstones (RFC 6721)
    [
      'attribute-missing',
      { root: tombstones, head: '<at:deleted-entry ref="tag:example.org,2026:0"/>' },
    ],
    [
      'date-invalid',
      {
        root: tombstones,
        head: '<at:deleted-entry ref="tag:example.org,2026:0" when="yesterday"/>',
      },
    ],
    // the feed itself
    ['namespace-wrong', atom().replace('http://www.w3.org/2005/Atom', 'http://purl.org/atom/ns#')],
    ['namespace-wrong', atom().replace(' xmlns="http://www.w3.org/2005/Atom"', '')],
    ['namespace-wrong', { root: ' xmlns:dc="https://purl.org/dc/elements/1.1"' }],
  ] as const)('finds %s in %o', (code, parts) => {
    const text = typeof parts === 'string' ? parts : atom(parts)
    expect(codesOf(text, { url: 'https://example.org/atom.xml' })).toEqual([code])
  })
})
