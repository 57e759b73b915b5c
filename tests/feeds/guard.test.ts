import { describe, expect, it } from 'vitest'
import { cleanLine, cleanText, httpUrl, safeDate } from '../../src/feeds/guard.ts'
import { guardFeed } from '../../src/feeds/guard-feed.ts'
import { feed, item } from './samples.ts'

describe('texts', () => {
  it.each([
    ['control characters', 'a\0b\bc\u001Fd\u007Fe\u009Ff', 'abcdef'],
    ['noncharacters', 'a\uFFFEb\uFFFFc\uFDD0d\u{10FFFF}e', 'abcde'],
    ['lone surrogates', 'a\uD83Db\uDE00c', 'abc'],
  ])('lose their %s', (_, given, expected) => {
    expect(cleanText(given)).toBe(expected)
  })

  it('do not gain a character from the surrogates that stood around a removed one', () => {
    expect(cleanText('\uD83D\0\uDE00')).toBe('')
  })

  it('keep emoji, tabs and right-to-left marks', () => {
    expect(cleanText('👩‍👩‍👧\t\u200Fא')).toBe('👩‍👩‍👧\t\u200Fא')
  })

  it('have one kind of line end, as XML parsers leave no other', () => {
    expect(cleanText('a\r\nb\rc\fd')).toBe('a\nb\nc\nd')
  })

  it('stand on one line with their no-break spaces where a line is asked for', () => {
    expect(cleanLine(' Le Monde\u00A0:\r\n\tun  titre\u2028')).toBe('Le Monde\u00A0: un titre')
  })
})

describe('URLs', () => {
  it.each([
    ['/a b', 'https://example.org/a%20b'],
    ['c', 'https://example.org/blog/c'],
    ['https://example.net/ñ?q=[1]|2#%zz', 'https://example.net/%C3%B1?q=%5B1%5D%7C2#%25zz'],
    ['https://[::1]/', 'https://[::1]/'],
    ['http://bücher.example/', 'http://xn--bcher-kva.example/'],
  ])('%s is made absolute, in the characters of RFC 3986', (given, expected) => {
    expect(httpUrl(given, 'https://example.org/blog/')).toBe(expected)
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', 'https://', 'mailto:a@example.org'])(
    '%s does not get into a feed',
    (given) => {
      expect(httpUrl(given, 'https://example.org/')).toBeUndefined()
    },
  )

  it('change no more when they are looked at again', () => {
    const once = httpUrl('https://example.org/100%/[ñ]')
    expect(httpUrl(once ?? '')).toBe(once)
  })
})

describe('dates', () => {
  it('are cut to the second, which is all that RSS can say', () => {
    expect(safeDate(new Date('2022-06-29T10:00:00.999Z'))).toEqual(new Date('2022-06-29T10:00:00Z'))
    expect(safeDate(new Date('1965-01-01T00:00:00.5Z'))).toEqual(new Date('1965-01-01T00:00:00Z'))
  })

  it.each([Number.NaN, 8.64e15, -8.64e15])('that no format can write are none: %d', (time) => {
    expect(safeDate(new Date(time))).toBeUndefined()
  })
})

describe('an item', () => {
  it('never says that it was updated before it was published', () => {
    const given = item({ updatedAt: new Date('2001-01-01T00:00:00Z') })
    expect(guardFeed(feed({ items: [given] })).items[0]?.updatedAt).toEqual(given.publishedAt)
  })

  it('without a title goes by the beginning of its summary, cut between characters', () => {
    const given = item({ title: '\0', summary: '🎉'.repeat(100) })
    expect(guardFeed(feed({ items: [given] })).items[0]?.title).toBe('🎉'.repeat(80))
  })

  it('with no text at all has its title for one, as JSON Feed demands some', () => {
    const given = item({ title: 'Only a title', summary: '', html: ' ' })
    const guarded = guardFeed(feed({ items: [given] })).items[0]
    expect([guarded?.summary, guarded?.html]).toEqual(['Only a title', undefined])
  })

  it('keeps to ASCII addresses, as RFC 4287 knows no others, and not to the author less', () => {
    const given = item({ authors: [{ name: 'Ana', email: 'añá@example.org' }, { name: '' }] })
    expect(guardFeed(feed({ items: [given] })).items[0]?.authors).toEqual([{ name: 'Ana' }])
  })
})
