import { expect, it } from 'vitest'
import { fillSlots, slotValues, withoutSlots } from '../../src/edition/personalise.ts'
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

it.each([
  ['Ada Lovelace', 'Ada'],
  ['Lovelace, Ada  Augusta', 'Ada'],
  ['王小明', '王小明'],
  [' ', ''],
])('calls %j by the first name %j', (name, firstName) => {
  const values = slotValues({ name, address: 'a@example.com' }, 'mailto:b@example.com')
  expect(values.firstName).toBe(firstName)
})

it('lets a field say the first name, and no field the address or the link', () => {
  const fields = { firstName: 'Countess', address: 'x@example.com', unsubscribeUrl: 'x', name: 'x' }
  const values = slotValues(
    { name: 'Ada', address: 'a@example.com', fields },
    'mailto:b@example.com',
  )
  expect(values).toEqual({
    firstName: 'Countess',
    name: 'Ada',
    preferencesUrl: '',
    address: 'a@example.com',
    unsubscribeUrl: 'mailto:b@example.com',
  })
})

it('puts a fallback where nothing is known, also where it is read by no recipient', () => {
  const subject = `${slot('firstName', 'Dear “reader” & all')}: news${slot('toString')}`
  const values = slotValues({ name: '', address: 'a@example.com' }, 'mailto:b@example.com')
  expect(fillSlots({ ...rendered, subject }, values).subject).toBe('Dear “reader” & all: news')
  expect(withoutSlots(subject)).toBe('Dear “reader” & all: news')
})
