import fc from 'fast-check'
import { Parser } from 'htmlparser2'
import { describe, expect, it } from 'vitest'
import { fillSlots, slotValues } from '../../src/edition/personalise.ts'
import { type RenderInput, renderEdition } from '../../src/edition/render-edition.ts'
import type { Article } from '../../src/model/article.ts'
import { slot } from '../../src/model/edition.ts'
import { displayWidth } from '../../src/templates/wrap-text.ts'
import { article, newsletter, publication, renderArticle } from './samples.ts'
import { sourceOf, templates, withTemplates } from './templates.ts'

function render(articles: readonly Article[], changes: Partial<RenderInput> = {}) {
  const createdAt = new Date('2026-11-23T06:00:00Z')
  const edition = { id: '2026-11-23', subject: 'Monday', createdAt }
  const common = { edition, articles, renderArticle, publication, newsletter, templates }
  return renderEdition({ ...common, language: 'en', ...changes })
}

/** What a reader sees, and what the document is made of. */
function read(html: string) {
  const seen = { text: '', tags: [] as string[], urls: [] as string[], comments: '' }
  let hidden = 0
  const parser = new Parser({
    onopentag(name, { src, href, background }) {
      seen.tags.push(name)
      seen.urls.push(...[src, href, background].filter((url) => url !== undefined))
      if (name === 'style') hidden++
    },
    ontext(text) {
      if (hidden === 0) seen.text += text
    },
    onclosetag(name) {
      if (name === 'style') hidden--
    },
    oncomment(comment) {
      seen.comments += comment
    },
  })
  parser.end(html)
  return { ...seen, text: seen.text.replace(/\s+/g, ' ') }
}

const picture = { url: 'https://gazette.example.org/boat.jpg', alt: 'A boat & its "crew"' }
const lead = article('lead', {
  title: 'Nets & knots',
  html: '<p>First <a href="https://example.com/?a=1&amp;b=2">paragraph</a>.</p><p>Second.</p>',
  description: 'How to mend a net',
  authors: [{ name: 'Ana Ruiz' }, { name: 'Ben Okafor' }],
  image: picture,
})
const other = article('other', { title: 'Other news', description: 'In short.' })

describe('a message', () => {
  it('carries its stories, who sends it and how to leave it in both parts', async () => {
    const { html, text } = await render([lead, other])
    const words = [
      'The Harbour Gazette',
      'Nets & knots',
      'By Ana Ruiz and Ben Okafor',
      'How to mend a net',
      'Second.',
      'Other news',
      'In short.',
      'November 20, 2026',
      '1 Quay Street',
      slot('address'),
    ]
    for (const word of words) {
      expect(read(html).text).toContain(word)
      expect(text).toContain(word)
    }
    const links = [
      slot('unsubscribeUrl'),
      'https://example.com/?a=1&b=2',
      other.url,
      'https://gazette.example.org/editions/2026-11-23/',
    ]
    for (const link of links) {
      expect(read(html).urls).toContain(link)
      expect(text.split(/\s/)).toContain(link)
    }
  })

  it('fetches nothing but the pictures of its articles', async () => {
    const { html } = await render([lead, other])
    expect(
      [...html.matchAll(/(?:src|background)="([^"]*)"|url\(|@import/g)].map(([, url]) => url),
    ).toEqual([picture.url])
    expect(read(html).tags).not.toContain('link')
    expect(html).toContain('alt="A boat &amp; its &quot;crew&quot;"')
  })

  it('knows light and dark, and says what language it is in', async () => {
    const { html } = await render([lead, article('ar', { language: 'ar', title: 'الميناء' })])
    expect(html).toMatch(/<html lang="en" dir="ltr"/)
    expect(html).toContain('<title>Monday</title>')
    expect(html).toContain('<meta name="color-scheme" content="light dark">')
    expect(html).toContain('@media (prefers-color-scheme: dark)')
    expect(html).toMatch(/<h3 lang="ar" dir="rtl"[^>]*text-align:right/)
  })

  it('reads from right to left where its reader does', async () => {
    const { html, language } = await render([lead, other], { language: 'ar-EG' })
    expect(language).toBe('ar')
    expect(html).toMatch(/<html lang="ar" dir="rtl"/)
    expect(html).not.toMatch(/direction:\s*ltr/)
  })

  it('writes dates as the reader’s language and the publication’s region do', async () => {
    const british = { ...publication, language: 'en-GB' }
    expect((await render([lead], { publication: british })).text).toContain('20 November 2026')
    expect((await render([lead], { language: 'de' })).text).toContain('20. November 2026')
  })

  it('reads like this in a terminal', async () => {
    expect((await render([lead, other])).text).toBe(`\
The Harbour Gazette
===================
Monday, November 23, 2026


Nets & knots
------------
By Ana Ruiz and Ben Okafor · November 20, 2026

How to mend a net

First paragraph [1].

Second.

[1] https://example.com/?a=1&b=2

Read on the web:
https://gazette.example.org/lead/


Also in this edition
====================

Other news
----------
By Ana Ruiz · November 20, 2026

In short.

https://gazette.example.org/other/


------------------------------------------------------------------------

You are reading The Gazette on Mondays because
${slot('address')} is subscribed to it.

Unsubscribe:
${slot('unsubscribeUrl')}

Read this edition on the web:
https://gazette.example.org/editions/2026-11-23/

The Gazette on Mondays
The Harbour Gazette
1 Quay Street
00000 Exampleton
`)
  })

  it('has a text part that no terminal has to scroll sideways', async () => {
    const html = `<h2>${'日本語 '.repeat(40)}</h2><p>${'a long walk '.repeat(60)}</p><pre>${'x'.repeat(300)}</pre>`
    const { text } = await render([article('wide', { html, title: 'word '.repeat(50) }), other])
    for (const line of text.split('\n')) {
      if (!line.includes('://')) expect(displayWidth(line)).toBeLessThanOrEqual(78)
      expect(line).not.toMatch(/\s$/)
    }
    expect(text).not.toMatch(/\n{4}/)
  })

  it('is the same, byte for byte, when it is rendered again', async () => {
    expect(await render([lead, other])).toEqual(await render([lead, other]))
  })

  it('greets each reader as its templates say, by name, by any field, or by a fallback', async () => {
    const greeting = '{% if reader %}{{ reader.firstName | default: "dear <reader>" }}{% endif %}'
    const place = '{{ reader.fields.town | default: "your town" }}, {{ reader.fields.never }}.'
    const templates = withTemplates({
      'digest.txt': `${sourceOf('digest.txt')}\n{% if reader %}${place}{% endif %}\n`,
      'digest.mjml': sourceOf('digest.mjml').replace('{{ reader.why }}', greeting),
    })
    const rendered = await render([lead, other], { templates })
    const to = { address: 'a@example.org', name: 'Ada Lovelace', fields: { town: 'Bath' } }
    const known = fillSlots(rendered, slotValues(to, 'https://example.org/u'))
    expect(known.html).toContain('>Ada<')
    expect(known.text).toContain('Bath, .')
    const unknown = fillSlots(rendered, slotValues({ ...to, name: '', fields: {} }, 'mailto:a@b'))
    expect(unknown.html).toContain('>dear &lt;reader&gt;<')
    expect(unknown.text).toContain('your town, .')
  })

  it('on the web has no slots and addresses nobody', async () => {
    const { html, text, subject } = await render([lead, other], {
      web: true,
      edition: { id: '2026-11-23', subject: `Hello ${slot('name')}`, createdAt: new Date(0) },
    })
    expect(html + text + subject).not.toMatch(/[\uFDD0-\uFDEF]|unsubscribe/i)
    expect(subject).toBe('Hello')
  })
})

describe('the size of a message', () => {
  const paragraph = `<p>${'Words & <em>more</em> words. '.repeat(30)}</p>`
  const giant = (slug: string) =>
    article(slug, {
      html: paragraph.repeat(400),
      title: `${slug} ${'long title '.repeat(20)}`,
      description: 'What it says & why. '.repeat(100),
      image: { ...picture, url: `https://gazette.example.org/${slug}-${'x'.repeat(150)}.jpg` },
    })
  const giants = (count: number) => Array.from({ length: count }, (_, i) => giant(`s${i}`))

  it.each([1, 12, 200])('stays below the limit with %i giant articles', async (count) => {
    const { html, text } = await render(giants(count))
    expect(Buffer.byteLength(html)).toBeLessThan(97_000)
    expect(html.endsWith('</html>')).toBe(true)
    expect(text.length).toBeLessThan(60_000)
    const titles = html.match(/<h[23] lang/g) ?? []
    const said = Number(/And (\d+) more/.exec(text)?.[1] ?? 0)
    expect(titles.length + said).toBe(count)
    expect(html).toContain('Continue reading')
  })

  it('carries twelve of them without leaving one out', async () => {
    expect((await render(giants(12))).text).not.toMatch(/And \d+ more/)
  })

  it('does not hold for the copy on the web, which has them all', async () => {
    const { html } = await render(giants(90), { web: true })
    expect(html.match(/<h[23] lang/g)).toHaveLength(90)
  })

  it('carries an article of moderate length as a whole when it is alone', async () => {
    const { text } = await render([
      article('one', { html: `${'<p>Some words.</p>'.repeat(400)}<p>The end.</p>` }),
    ])
    expect(text).toContain('The end.')
    expect(text).not.toContain('Continue reading')
  })

  it('is a fault of the template when a single story is too much for it', async () => {
    const swollen = sourceOf('digest.mjml').replace('<mj-body', `<!-- -->\n<mj-body`)
    const filler = `<mj-section><mj-column><mj-text>${'x'.repeat(100_000)}</mj-text></mj-column></mj-section></mj-body>`
    const heavy = withTemplates({ 'digest.mjml': swollen.replace('</mj-body>', filler) })
    await expect(render([lead], { templates: heavy })).rejects.toThrow(
      /^templates\/digest\.mjml: .*shorten/,
    )
  })
})

describe('an article', () => {
  const tricks = fc.constantFrom(
    ...[
      '</mj-text>',
      '</mj-column>',
      '<mj-raw>',
      '<mj-include path="/etc/passwd" />',
      '<mj-include path="package.json"/>',
    ],
    ...[
      '{{ lead.url }}',
      '{% include "digest.txt" %}',
      '{%',
      '}}',
      '[[',
      ']]',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
    ],
    ...[
      '<!-- htmlmin:ignore -->',
      '<!--[if mso | IE]>',
      '<![endif]-->',
      '"',
      "'",
      '\\',
      '$&',
      '$1',
      '&lt;',
      '&',
      '\0',
    ],
    ...[
      '\uFDD2',
      slot('unsubscribeUrl'),
      '\uFDD0',
      '<script>',
      'word',
      '\n',
      '<?php',
      '<%= x %>',
      '{% raw %}',
      'true',
    ],
  )
  const hostile = fc.string({ unit: tricks, maxLength: 12 })

  it('cannot add an element, a slot or a comment to a message, whatever its words are', async () => {
    const createdAt = new Date('2026-11-23T06:00:00Z')
    const message = async (one: string, two: string) => {
      // every field but the body, which may have elements of its own
      const fields = {
        title: `t${one}`,
        description: `d${two}`,
        tags: [`g${two}`],
        authors: [{ name: `n${two}` }],
        image: { url: `https://example.org/i${one}`, alt: `a${two}${one}` },
        url: `https://example.org/u${two}`,
        language: `en${one}`,
      }
      const edition = { id: '2026-11-23', subject: `s${two}`, createdAt }
      return (await render([article('a', fields), article('b', fields)], { edition })).html
    }
    const harmless = read(await message('', ''))
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (one, two) => {
        const html = await message(one, two)
        const { tags, comments } = read(html)
        expect(tags).toEqual(harmless.tags)
        expect(comments).toBe(harmless.comments)
        expect(html.split(slot('unsubscribeUrl'))).toHaveLength(2)
        expect(html.match(/[\uFDD0-\uFDEF]/g)).toHaveLength(4)
      }),
      { numRuns: 80 },
    )
  })

  it('cannot be anything but its own paragraphs, whatever its body is', async () => {
    const before = read((await render([article('a', { html: '<p>x</p>' })])).html)
    await fc.assert(
      fc.asyncProperty(hostile, async (body) => {
        const { html, text } = await render([
          article('a', { html: `<p>x${body}</p>`, description: 'x' }),
        ])
        const { tags, comments } = read(html)
        expect(tags.filter((tag) => tag.startsWith('mj-') || tag === 'script')).toEqual([])
        expect(comments).toBe(before.comments)
        expect(html.match(/[\uFDD0-\uFDEF]/g)).toHaveLength(4)
        expect(text.match(/[\uFDD0-\uFDEF]/g)).toHaveLength(4)
        expect(html).not.toContain('"devDependencies"')
      }),
      { numRuns: 80 },
    )
  })

  it('shows as text what would be code elsewhere', async () => {
    const title = '{{ 7 | times: 7 }} [[x]] <b> $& &amp;'
    const { html, text } = await render([article('a', { title })])
    expect(read(html).text).toContain(title)
    expect(text).toContain(title)
  })
})

describe('a mistake in a template', () => {
  it.each([
    [
      'an unknown variable',
      '{{ leed.title }}',
      /^templates\/digest\.mjml:3: undefined variable: leed; /,
    ],
    [
      'an unknown filter',
      '{{ title | shout }}',
      /^templates\/digest\.mjml:3: undefined filter: shout; /,
    ],
    ['an unclosed tag', '{% if lead %}', /^templates\/digest\.mjml:3: .* not closed; /],
    [
      'an unknown element',
      '<mj-txt>x</mj-txt>',
      /^templates\/digest\.mjml:3: <mj-txt>: .*mjml\.io/,
    ],
    [
      'an unknown attribute',
      '<mj-text colour="red">x</mj-text>',
      /^templates\/digest\.mjml:3: <mj-text>: .*colour/,
    ],
    [
      'a way of including that would read files',
      '<mj-include path="footer.mjml" />',
      /^templates\/digest\.mjml:3: <mj-include> .*render/,
    ],
    [
      'a partial that is not there',
      "{% render 'none.mjml' %}",
      /^templates\/digest\.mjml:3: .*none\.mjml/,
    ],
  ])('is named with its line: %s', async (_what, mistake, message) => {
    const source = `<mjml>\n<mj-body><mj-section><mj-column>\n${mistake}\n</mj-column></mj-section></mj-body></mjml>`
    const wrong = render([lead], { templates: withTemplates({ 'digest.mjml': source }) })
    await expect(wrong).rejects.toMatchObject({
      code: 'content-invalid',
      message: expect.stringMatching(message),
    })
  })

  it('is to have no link to unsubscribe', async () => {
    const wrong = render([lead], { templates: withTemplates({ 'digest.txt': '{{ lead.title }}' }) })
    await expect(wrong).rejects.toThrow(/^templates\/digest\.txt: has no link to unsubscribe/)
  })
})

it('lets a template use others of the publication, and no files', async () => {
  const changed = sourceOf('digest.txt').replace(
    '{{ lead.title | wrap }}',
    "{% render 'note.txt', title: lead.title %}",
  )
  const partial = withTemplates({ 'digest.txt': changed, 'note.txt': '* {{ title }} *' })
  expect((await render([lead], { templates: partial })).text).toContain('* Nets & knots *')
  const prying = withTemplates({ 'digest.txt': `${changed}{% render '../package.json' %}` })
  await expect(render([lead], { templates: prying })).rejects.toThrow(
    /^templates\/digest\.txt:\d+: /,
  )
})
