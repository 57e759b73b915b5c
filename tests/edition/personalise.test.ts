import { expect, it } from 'vitest'
import { fillSlots } from '../../src/edition/personalise.ts'
import { slot } from '../../src/model/edition.ts'

const rendered = {
  language: 'en',
  subject: `For ${slot('name')}`,
  html: `<a href="${slot('unsubscribeUrl')}">${slot('name')}</a>`,
  text: `${slot('name')} ${slot('unsubscribeUrl')}`,
}

it('writes each value as its place needs it', () => {
  const values = {
    name: 'Zoë "<b>"\r\nBcc: x',
    address: 'zoe@example.com',
    unsubscribeUrl: 'https://example.com/u?a=1&b="2"',
  }
  expect(fillSlots(rendered, values)).toEqual({
    subject: 'For Zoë "<b>" Bcc: x',
    html: '<a href="https://example.com/u?a=1&amp;b=&quot;2&quot;">Zoë &quot;&lt;b&gt;&quot; Bcc: x</a>',
    text: 'Zoë "<b>" Bcc: x https://example.com/u?a=1&b="2"',
  })
})

it('does not fill a slot that a value brings along', () => {
  const values = {
    name: slot('unsubscribeUrl'),
    address: '$&',
    unsubscribeUrl: 'https://example.com/secret',
  }
  expect(fillSlots({ ...rendered, text: slot('name') + slot('address') }, values).text).toBe(
    'unsubscribeUrl$&',
  )
})
