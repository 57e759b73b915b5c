import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addresseeFields } from '../../src/mail/head.ts'

it('an unsubscribe link stands in the header as a URL parser reads it, also where a quick look may do', () => {
  const label = fc.oneof(
    fc.stringMatching(/^[a-z0-9-]{1,8}$/),
    fc.constantFrom('xn--bcher-kva', 'xn--a', '127', 'Example', 'com', 'org'),
  )
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
  const path = fc.stringMatching(/^[\w/.-]{0,30}$/)
  const web = fc
    .tuple(fc.constantFrom('https', 'http'), host, path)
    .map(([scheme, name, rest]) => `${scheme}://${name}/${rest}`)
  const mail = fc
    .tuple(fc.stringMatching(/^[\w+.-]{1,12}$/), host, fc.stringMatching(/^[\w .-]{0,10}$/))
    .map(([local, name, subject]) => `mailto:${local}@${name}?subject=${subject}`)
  fc.assert(
    fc.property(fc.oneof(web, mail), (url) => {
      fc.pre(URL.canParse(url))
      const { 'List-Unsubscribe': field } = addresseeFields({
        messageId: '<a@example.org>',
        to: { name: '', address: 'ada@example.org' },
        unsubscribeUrls: [url],
      })
      expect(field?.replace(/\r\n/g, '')).toBe(`List-Unsubscribe: <${URL.parse(url)?.href}>`)
    }),
    { numRuns: 2000 },
  )
})
