import { describe, expect, it } from 'vitest'
import { codesOf, rss } from './samples.ts'

const media = ' xmlns:media="http://search.yahoo.com/mrss/"'
const itunes = ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
const image = (more: string) =>
  `<image><url>https://example.org/a.png</url><title>Paper</title><link>https://example.org/</link>${more}</image>`

describe('an RSS feed to which there is nothing to object', () => {
  it.each([
    ['has title, link, description and a link to itself', {}],
    [
      'has dates in GMT or with an offset, with or without weekday and seconds',
      {
        head: '<pubDate>Sat, 31 Oct 2026 23:59:59 GMT</pubDate><lastBuildDate>31 Oct 2026 09:00 +0200</lastBuildDate>',
      },
    ],
    [
      'has people as address and name',
      {
        head: '<managingEditor>desk@example.org (The Desk)</managingEditor>',
      },
    ],
    [
      'has an enclosure of unknown length',
      {
        item: '<enclosure url="https://example.org/a.mp3" length="0" type="audio/mpeg"/>',
      },
    ],
    [
      'has HTML in its description and before its whole text',
      {
        item: '<description>&lt;p&gt;A &amp;amp; B&lt;/p&gt;</description><content:encoded><![CDATA[<p><a href="https://example.org/">a</a></p>]]></content:encoded>',
      },
    ],
    [
      'says less-than and ampersand in a title',
      {
        items:
          '<item><title>1 &#x3C; 2 &#x26; C&#x26;A</title><guid>https://example.org/2</guid></item>',
      },
    ],
    ['has a picture that is that of the channel', { head: image('<width>144</width>') }],
    [
      'speaks in vocabularies that nobody knows',
      { root: ' xmlns:x="https://example.org/x"', item: '<x:any a="1"><x:b/></x:any>' },
    ],
    [
      'hides and skips',
      {
        head: '<ttl>60</ttl><skipHours><hour>0</hour></skipHours><skipDays><day>Monday</day></skipDays>',
      },
    ],
    [
      'is a podcast',
      {
        root: itunes,
        head: '<itunes:explicit>false</itunes:explicit><itunes:image href="https://example.org/a.jpg"/>',
        item: '<itunes:duration>1:02:03</itunes:duration>',
      },
    ],
    [
      'has the people and date of an item in other words',
      {
        item: '<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator><dc:date>2026-10</dc:date>',
      },
    ],
  ])('%s', (_, parts) => {
    expect(codesOf(rss(parts), { url: 'https://example.org/rss.xml' })).toEqual([])
  })
})

describe('in an RSS feed', () => {
  it.each([
    // dates
    ['date-invalid', { item: '<pubDate>2026-10-01T00:00:00Z</pubDate>' }],
    ['date-invalid', { item: '<pubDate>Thu, 31 Feb 2026 00:00:00 GMT</pubDate>' }],
    ['date-invalid', { item: '<pubDate>Thu, 01 Oct 2026 25:00:00 GMT</pubDate>' }],
    ['date-invalid', { item: '<pubDate>Thu, 01 Oct 2026 10:00:00</pubDate>' }],
    ['date-invalid', { item: '<pubDate>jeu., 1 oct. 2026 10:00:00 +0200</pubDate>' }],
    ['date-invalid', { item: '<pubDate/>' }],
    ['date-weekday', { item: '<pubDate>Fri, 01 Oct 2026 10:00:00 GMT</pubDate>' }],
    ['date-obsolete', { item: '<pubDate>Thu, 01 Oct 2026 10:00:00 A</pubDate>' }],
    ['date-obsolete', { item: '<pubDate>Thu, 01 Oct 26 10:00:00 GMT</pubDate>' }],
    ['date-obsolete', { item: '<pubDate>Thu, 01 Oct 2026 24:00:00 GMT</pubDate>' }],
    ['date-future', { item: '<pubDate>Sun, 01 Nov 2026 00:11:00 GMT</pubDate>' }],
    ['date-implausible', { item: '<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>' }],
    ['date-invalid', { item: '<dc:date>1 October 2026</dc:date>' }],
    // identities
    ['guid-missing', { items: '<item><title>Two</title></item>' }],
    ['guid-not-url', { items: '<item><title>Two</title><guid>two</guid></item>' }],
    [
      'guid-not-url',
      {
        items:
          '<item><title>Two</title><guid isPermaLink="true">tag:example.org,2026:2</guid></item>',
      },
    ],
    ['id-invalid', { items: '<item><title>Two</title><guid> </guid></item>' }],
    [
      'id-not-unique',
      { items: '<item><title>Two</title><guid isPermaLink="false">12</guid></item>' },
    ],
    [
      'id-duplicate',
      {
        items:
          '<item><title>Two</title><guid isPermaLink="false">tag:example.org,2026:one</guid></item>',
      },
    ],
    [
      'value-unknown',
      {
        items:
          '<item><title>Two</title><guid isPermaLink="False">https://example.org/</guid></item>',
      },
    ],
    // elements
    ['element-missing', { items: '<item><guid>https://example.org/2</guid></item>' }],
    ['element-duplicate', { item: '<title>Again</title>' }],
    ['element-duplicate', { head: '<link>https://example.org/</link>' }],
    ['element-unknown', { item: '<pubdate>Thu, 01 Oct 2026 10:00:00 GMT</pubdate>' }],
    ['element-unknown', { item: '<dc:author>Ann</dc:author>' }],
    ['element-empty', { item: '<category> </category>' }],
    ['element-unexpected', { item: '<description><p>Text</p></description>' }],
    [
      'element-redundant',
      { item: '<author>a@example.org (Ann)</author><dc:creator>Ann</dc:creator>' },
    ],
    ['element-obsolete', { root: itunes, item: '<itunes:keywords>a, b</itunes:keywords>' }],
    ['item-misplaced', { items: '<language>en</language>' }],
    ['text-unexpected', { item: 'Text' }],
    ['attribute-unknown', { item: '<category scheme="x">One</category>' }],
    [
      'attribute-missing',
      { item: '<enclosure url="https://example.org/a.mp3" type="audio/mpeg"/>' },
    ],
    ['attribute-missing', { item: '<source>Elsewhere</source>' }],
    [
      'description-order',
      { item: '<content:encoded>Text</content:encoded><description>Text</description>' },
    ],
    [
      'enclosure-duplicate',
      {
        item: '<enclosure url="https://example.org/a" length="1" type="audio/mpeg"/><enclosure url="https://example.org/b" length="1" type="audio/mpeg"/>',
      },
    ],
    // values
    ['url-relative', { item: '<link>/one/</link>' }],
    ['url-invalid', { item: '<link>https://example.org/a b</link>' }],
    ['url-invalid', { item: '<link>https://example.org/ñ</link>' }],
    ['url-invalid', { item: '<link>https://</link>' }],
    ['url-invalid', { item: '<link>https://example.org/100%</link>' }],
    ['url-invalid', { item: '<link/>' }],
    ['url-unsafe', { item: '<link>javascript:alert(1)</link>' }],
    ['url-scheme', { item: '<link>app://one</link>' }],
    ['url-scheme', { item: '<enclosure url="ftp://example.org/a" length="1" type="audio/mpeg"/>' }],
    [
      'number-invalid',
      { item: '<enclosure url="https://example.org/a" length="-1" type="audio/mpeg"/>' },
    ],
    [
      'media-type-invalid',
      { item: '<enclosure url="https://example.org/a" length="1" type="mp3"/>' },
    ],
    ['email-invalid', { item: '<author>Ann</author>' }],
    ['email-format', { item: '<author>ann@example.org</author>' }],
    ['email-format', { head: '<webMaster>Ann &lt;ann@example.org&gt;</webMaster>' }],
    ['language-invalid', { head: '<language>en_US</language>' }],
    ['language-unknown', { head: '<language>qx</language>' }],
    ['number-invalid', { head: '<ttl>an hour</ttl>' }],
    ['number-invalid', { head: '<skipHours><hour>24</hour></skipHours>' }],
    ['day-invalid', { head: '<skipDays><day>Mon</day></skipDays>' }],
    ['value-duplicate', { head: '<skipDays><day>Monday</day><day>Monday</day></skipDays>' }],
    ['number-invalid', { head: image('<width>145</width>') }],
    ['image-mismatch', { head: image('').replace('<title>Paper', '<title>Other') }],
    ['image-format', { head: image('').replace('a.png', 'a.svg') }],
    ['attribute-missing', { root: media, item: '<media:content medium="image"/>' }],
    [
      'value-unknown',
      { root: media, item: '<media:content url="https://example.org/a" medium="picture"/>' },
    ],
    ['duration-invalid', { root: itunes, item: '<itunes:duration>an hour</itunes:duration>' }],
    // content
    [
      'html-in-text',
      {
        items:
          '<item><title>A &lt;b&gt;bold&lt;/b&gt; one</title><guid>https://example.org/2</guid></item>',
      },
    ],
    [
      'html-in-text',
      { items: '<item><title>C&amp;amp;A</title><guid>https://example.org/2</guid></item>' },
    ],
    ['html-unsafe', { item: '<description>&lt;script&gt;x&lt;/script&gt;</description>' }],
    [
      'html-unsafe',
      {
        item: '<description><![CDATA[<iframe src="https://example.org/"></iframe>]]></description>',
      },
    ],
    ['html-handler', { item: '<description><![CDATA[<p onclick="x()">]]></description>' }],
    ['html-style', { item: '<description><![CDATA[<p style="position: fixed">]]></description>' }],
    [
      'html-unsafe-url',
      { item: '<description><![CDATA[<a href="java\nscript:x()">a</a>]]></description>' },
    ],
    ['html-relative', { item: '<description><![CDATA[<img src="a.png">]]></description>' }],
    [
      'html-relative',
      {
        item: '<description><![CDATA[<img srcset="https://example.org/a 1x, b 2x">]]></description>',
      },
    ],
    ['html-relative', { item: '<description><![CDATA[<a href="#note">]]></description>' }],
    ['html-unknown', { item: '<description><![CDATA[Map<string, number>]]></description>' }],
    ['html-document', { item: '<description><![CDATA[<html><p>a</p></html>]]></description>' }],
    [
      'html-escaped-twice',
      { item: '<description>&amp;lt;p&amp;gt;Text&amp;lt;/p&amp;gt;</description>' },
    ],
    // the feed itself
    ['version-unknown', rss().replace('version="2.0"', 'version="3.0"')],
    ['version-obsolete', rss().replace('version="2.0"', 'version="0.92"')],
    ['self-missing', rss().replace(/<atom:link.*\/>/, '')],
    ['self-mismatch', rss().replace('/rss.xml', '/feed/')],
    ['namespace-wrong', { root: ' xmlns:media="http://search.yahoo.com/mrss"' }],
    ['namespace-prefix', { root: ' xmlns:media="https://example.org/"' }],
    ['namespace-undeclared', { item: '<media:title>One</media:title>' }],
    ['element-missing', rss().replace('<description>A paper</description>', '')],
    ['element-missing', '<rss version="2.0"/>'],
  ] as const)('finds %s in %o', (code, parts) => {
    const text = typeof parts === 'string' ? parts : rss(parts)
    expect(codesOf(text, { url: 'https://example.org/rss.xml' })).toEqual([code])
  })
})
