import fc from 'fast-check'
import { expect, it } from 'vitest'
import { typoHint } from '../../src/subscribers/typo-hint.ts'

it.each([
  ['ann@gmial.com', 'ann@gmail.com'],
  ['ann@gmai.com', 'ann@gmail.com'],
  ['ann@gmaill.com', 'ann@gmail.com'],
  ['ann@gnail.com', 'ann@gmail.com'],
  ['ann@gmail.co', 'ann@gmail.com'],
  ['ann@gmail.con', 'ann@gmail.com'],
  ['ann@gmial.con', 'ann@gmail.com'],
  ['Ann+x@GMAIL.cm', 'Ann+x@gmail.com'],
  ['ann@hotmal.co.uk', 'ann@hotmail.co.uk'],
  ['ann@outlok.com', 'ann@outlook.com'],
  ['ann@yaho.com', 'ann@yahoo.com'],
  ['ann@t-onlin.de', 'ann@t-online.de'],
  ['ann@paper.example.con', 'ann@paper.example.com'],
])('guesses that %s was to be %s', (address, meant) => {
  expect(typoHint(address)).toBe(meant)
})

it.each([
  'ann@gmail.com',
  'ann@mail.com',
  'ann@email.com',
  'ann@ymail.com',
  'ann@yahoo.ca',
  'ann@outlook.it',
  'ann@gmx.de',
  'ann@example.org',
  'ann@xn--bcher-kva.example',
  'ann@localhost',
])('finds nothing wrong with %s', (address) => {
  expect(typoHint(address)).toBeUndefined()
})

it('guesses nothing that it would guess again, whatever the domain', () => {
  const domain = fc.oneof(fc.domain(), fc.string(), fc.constantFrom('gmail.co', 'a.con', 'gmail'))
  fc.assert(
    fc.property(domain, (given) => {
      const meant = typoHint(`ann@${given}`)
      expect(meant === undefined || typoHint(meant) === undefined).toBe(true)
    }),
  )
})
