import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDocument } from '../../src/check/check-document.ts'
import { atom, codesOf, json, now, rss } from './samples.ts'

const check = (text: string) => checkDocument(Buffer.from(text), { now })
const utf16 = (text: string) =>
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('a document', () => {
  it.each([
    ['rss', rss()],
    ['atom', atom()],
    ['json', json()],
    ['opml', '<opml version="2.0"><head/><body><outline text="A"/></body></opml>'],
  ])('is known as %s by what is in it', (format, text) => {
    expect(check(text)).toEqual({ format, findings: [] })
  })

  it.each([
    ['document-empty', ''],
    ['document-empty', ' \n'],
    ['format-unknown', 'Hello'],
    ['format-unknown', '<note/>'],
    ['format-unknown', '[1]'],
    ['format-html', '<!DOCTYPE html><title>x</title>'],
    ['version-obsolete', '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'],
    ['xml-malformed', rss().replace('</item>', '')],
    ['xml-malformed', rss({ item: '<category>A & B</category>' })],
    ['xml-malformed', rss().slice(0, 400)],
    ['xml-malformed', `${rss()}<rss/>`],
    ['xml-version', rss().replace('1.0', '1.1')],
    ['entity-undefined', rss({ item: '<category>A&eacute;B</category>' })],
    ['entity-undefined', rss({ item: '<category>&constructor;</category>' })],
    ['control-character', rss({ item: '<category>A\u0008B</category>' })],
    ['characters-bad', rss({ item: '<category>A\u0092s</category>' })],
    [
      'doctype',
      rss()
        .replace('<rss', '<!DOCTYPE rss [<!ENTITY a "b">]><rss')
        .replace('<title>One', '<title>&a;'),
    ],
    ['space-before-xml', `\n${rss()}`],
    ['bom', `\ufeff${rss()}`],
    ['bom', `\ufeff${json()}`],
    ['json-malformed', json().slice(0, -1)],
    ['json-malformed', '{"version": NaN}'],
  ])('with %s is told so: %j', (code, text) => {
    expect(codesOf(text)).toEqual([code])
  })

  it.each([
    ['encoding-invalid', latin1(rss({ item: '<category>ñ</category>' }))],
    [
      'encoding-obscure',
      latin1(rss({ item: '<category>ñ</category>' }).replace('utf-8', 'iso-8859-1')),
    ],
    ['encoding-unknown', Buffer.from(rss().replace('utf-8', 'klingon'))],
    ['encoding-mismatch', utf16(rss())],
  ])('has %s found in its bytes', (code, bytes) => {
    expect(codesOf(bytes)).toContain(code)
    expect(checkDocument(bytes, { now }).format).toBe('rss')
  })

  it.each([
    ['application/rss+xml; charset=utf-8', []],
    ['text/html', ['media-type']],
    ['', ['media-type']],
    ['application/rss+xml; charset=iso-8859-1', ['encoding-mismatch', 'encoding-obscure']],
  ])('is compared with what the server says: %s', (contentType, codes) => {
    expect(codesOf(rss(), { contentType })).toEqual(codes)
  })

  it('that is a web page leads to the feeds that it names', () => {
    const page = '<!doctype html><link rel=alternate type="application/atom+xml" href="/atom.xml">'
    const { findings } = checkDocument(Buffer.from(page), { now, url: 'https://example.org/a/' })
    expect(findings[0]?.message).toContain('https://example.org/atom.xml')
  })

  it('in OPML names each feed once, with its address', () => {
    const outlines =
      '<outline text="A" type="rss"/><outline text="B" type="rss" xmlUrl="/b"/><outline/>'
    expect(codesOf(`<opml version="3"><head/><body>${outlines}</body></opml>`)).toEqual([
      'value-unknown',
      'attribute-missing',
      'url-relative',
      'attribute-missing',
    ])
  })
})

describe('the place of a finding', () => {
  const placeOf = (text: string) => check(text).findings.map(({ line, column }) => [line, column])

  it.each([
    ['<title>a & b</title>', 10],
    ['<title>AT&T</title>', 10],
    ['<link>?a=1&b=2</link>', 11],
    ['<a href="?a=1&b=2"/>', 14],
    ['<!-- & --><![CDATA[&]]><?x &?><title>&amp;&#38;&#x26;&eacute;& </title>', 62],
  ])('is that of an ampersand that begins nothing: %s', (text, column) => {
    const { findings } = check(`<rss version="2.0"><channel>\n${text}\n</channel></rss>`)
    const { line, column: found, message } = findings.at(-1) ?? {}
    expect([line, found, message]).toEqual([
      2,
      column,
      expect.stringContaining('write it as &amp;'),
    ])
  })

  it('is that of an element, or of an attribute', () => {
    expect(
      placeOf(
        '<opml version="2.0"><head/>\r\n<body>\r\n  <outline text="A"\r\n    xmlUrl="/a" type="rss"/></body></opml>',
      ),
    ).toEqual([[4, 5]])
    expect(
      placeOf(
        '<opml version="2.0">\n  <head>\n    <title><b/></title></head><body><outline text=""/></body></opml>',
      ),
    ).toEqual([
      [3, 5],
      [3, 12],
    ])
  })

  it('is that of a tag inside of HTML, whether it is escaped or in CDATA', () => {
    const line =
      rss({ item: '@' })
        .split('\n')
        .findIndex((one) => one.includes('@')) + 1
    expect(
      placeOf(rss({ item: '<description>a &lt;b&gt;\n&lt;hr&gt; &lt;script&gt;</description>' })),
    ).toEqual([[line + 1, 12]])
    expect(
      placeOf(rss({ item: '<description><![CDATA[a <b>\n<hr> <script>]]></description>' })),
    ).toEqual([[line + 1, 6]])
  })

  it('is that of a value in JSON', () => {
    expect(placeOf(JSON.stringify(JSON.parse(json({ language: 'en_US' })), null, 2))).toEqual([
      [13, 15],
    ])
    expect(placeOf('{\n  "a": x}')).toEqual([[2, 8]])
  })
})

describe('whatever comes in', () => {
  const mostOf = (text: string) =>
    fc
      .tuple(fc.nat(text.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 10 }))
      .map(([at, gone, put]) => text.slice(0, at) + put + text.slice(at + gone))

  it('is checked without throwing: any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.option(fc.string()), (bytes, type) => {
        checkDocument(bytes, { now, ...(type !== null && { contentType: type }) })
      }),
    )
  })

  it('is checked without throwing: a feed with any damage, each finding at a place inside of it', () => {
    const whole = [
      rss({ item: '<description><![CDATA[<a href="x">\u{1f389}</a>]]></description>&#x41;' }),
      atom({ entry: '<content type="html">&lt;p onclick="x"&gt;&#x1f389;</content>' }),
      json({}, { content_html: '<script>\u{1f389}</script>' }),
    ]
    fc.assert(
      fc.property(fc.oneof(...whole.map(mostOf)), (text) => {
        const lines = text.split(/\r\n?|\n/).length
        for (const { line, column, message } of check(text).findings) {
          expect(line).toBeLessThanOrEqual(lines)
          expect(column).toBeGreaterThan(0)
          expect(message).not.toMatch(/[\n\0]/)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('does not have to be shallow, nor short of faults', () => {
    const deep = `${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}`
    expect(codesOf(rss({ item: `<x:a xmlns:x="x:">${deep}</x:a>` }))).toContain('too-deep')
    expect(codesOf(`{"version": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`)).toContain(
      'version-unknown',
    )
    const many = check(rss({ item: '<b/>'.repeat(50_000) })).findings
    expect(many.length).toBeLessThan(300)
    expect(many.map(({ message }) => message)).toContainEqual(expect.stringMatching(/49,?900 more/))
  })

  it('takes no longer than it has to over what is wrong again and again', () => {
    const often = (text: string) => text.repeat(20_000)
    expect(codesOf(rss({ item: `<category>${often('&x;')}</category>` }))).toContain(
      'entity-undefined',
    )
    expect(codesOf(rss({ item: `<author>a${often(' ')}b</author>` }))).toEqual(['email-invalid'])
    expect(codesOf(`${often('<!--a-->')}x`)).toContain('xml-malformed')
    const unmatched = `<description>${often('&lt;a&gt;')}${often('&lt;/b&gt;')}</description>`
    expect(codesOf(rss({ item: unmatched }))).toEqual([])
  })

  it('cannot make entities of its own fill the memory', () => {
    const bomb = `<!DOCTYPE rss [<!ENTITY a "${'x'.repeat(10_000)}">]>`
    const text = rss({ item: `<category>${'&a;'.repeat(10_000)}</category>` }).replace(
      '<rss',
      `${bomb}<rss`,
    )
    expect(codesOf(text)).toEqual(['doctype'])
  })
})
