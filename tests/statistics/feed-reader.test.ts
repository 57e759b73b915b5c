import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFeedReader } from '../../src/statistics/feed-reader.ts'

describe('a User-Agent', () => {
  it.each([
    [
      'Feedly/1.0 (+http://www.feedly.com/fetcher.html; 42 subscribers; like FeedFetcher-Google)',
      'Feedly',
      42,
    ],
    ['Feedbin feed-id:1344882 - 122 subscribers', 'Feedbin', 122],
    [
      'NewsBlur Feed Fetcher - 1 subscriber - http://www.newsblur.com/site/0/x (Mozilla/5.0 (Macintosh))',
      'NewsBlur',
      1,
    ],
    [
      'Mozilla/5.0 (compatible; theoldreader.com; 10 subscribers; feed-id=abc)',
      'The Old Reader',
      10,
    ],
    ['Mozilla/5.0 (compatible; inoreader.com/bot; 5 subscribers)', 'Inoreader', 5],
    [
      'Overcast/1.0 Podcast Sync (210 subscribers; feed-id=735461; +http://overcast.fm/)',
      'Overcast',
      210,
    ],
    ['SomeReader/2.1 (+https://reader.example/; subscribers: 12)', 'SomeReader', 12],
    ['Feedly/1.0 (0 subscribers)', 'Feedly', 0],
  ])('%s speaks for its subscribers', (text, name, subscribers) => {
    expect(readFeedReader(text)).toEqual({ kind: 'aggregator', name, subscribers })
  })

  it.each([
    'NetNewsWire (RSS Reader; https://netnewswire.com/)',
    'newsboat/2.21 (Linux 6.1.0; x86_64)',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0',
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
  ])('%s is one reader', (text) => {
    expect(readFeedReader(text)).toEqual({ kind: 'reader' })
  })

  it.each([
    '',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'curl/8.5.0',
    'python-requests/2.31.0',
    'UptimeRobot/2.0',
    'Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)',
    'W3C_Validator/1.3',
    'Loud/1.0 (999999999 subscribers)',
  ])('%s is nobody who reads', (text) => {
    expect(readFeedReader(text).kind).not.toBe('aggregator')
    if (!text.startsWith('Loud')) expect(readFeedReader(text).kind).toBe('other')
  })

  it('whatever it says, gives a short plain name and a number that can be', () => {
    const parts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        '12 subscribers',
        'Feedly/1.0',
        ' ',
        '; ',
        '(',
        '<b>',
        '\u001b[2J',
        '99999999999 readers',
      ),
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (pieces) => {
        const reader = readFeedReader(pieces.join(''))
        if (reader.kind !== 'aggregator') return
        expect(reader.name).toMatch(/^[\w .-]{1,30}$/)
        expect(Number.isInteger(reader.subscribers)).toBe(true)
        expect(reader.subscribers).toBeLessThanOrEqual(50_000_000)
      }),
    )
  })
})
