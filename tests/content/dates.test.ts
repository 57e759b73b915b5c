import fc from 'fast-check'
import { DateTime } from 'luxon'
import { expect, it } from 'vitest'
import { localDay, openTimeZone, parseDate } from '../../src/content/dates.ts'

const madrid = await openTimeZone('Europe/Madrid')
const read = (text: string, zone = madrid) => parseDate(text, zone)?.toISOString()

it.each([
  ['2022-06-29', '2022-06-28T22:00:00.000Z'],
  ['2022-01-29', '2022-01-28T23:00:00.000Z'],
  ['2022/6/29', '2022-06-28T22:00:00.000Z'],
  ['2022-06-29T10:00', '2022-06-29T08:00:00.000Z'],
  ['2022-06-29T10:00:00.5', '2022-06-29T08:00:00.500Z'],
  ['2022-06-29t10:00:00z', '2022-06-29T10:00:00.000Z'],
  ['2022-06-29T10:00:00.123456789Z', '2022-06-29T10:00:00.123Z'],
  ['2022-06-29 10:00:00 +0200', '2022-06-29T08:00:00.000Z'],
  ['2022-06-29 10:00:00+02', '2022-06-29T08:00:00.000Z'],
  ['2022-06-29 10:00:00 UTC', '2022-06-29T10:00:00.000Z'],
  ['2022-06-29 10:00:00 -0700 PDT', '2022-06-29T17:00:00.000Z'],
  ['Wed, 29 Jun 2022 10:00:00 +0200', '2022-06-29T08:00:00.000Z'],
  ['29 Jun 2022 10:00 EST', '2022-06-29T15:00:00.000Z'],
  ['Wed, 29 Jun 2022 10:00:00 GMT', '2022-06-29T10:00:00.000Z'],
  ['Jun 29 2022', '2022-06-28T22:00:00.000Z'],
  ['June 29th, 2022', '2022-06-28T22:00:00.000Z'],
  ['1 Sept. 2022', '2022-08-31T22:00:00.000Z'],
])('reads %s', (text, instant) => {
  expect(read(text)).toBe(instant)
})

it.each([
  '2026-13-01',
  '2023-02-29',
  '2022-06-31',
  '2022-06-00',
  '2022-06-29T24:00',
  '2022-06-29T10:60',
  '29/06/2022',
  '06-29-2022',
  '2022-06',
  '2022',
  '20220629',
  'yesterday',
  '',
  '0001-01-01',
  '2022-06-29T10:00+99:00',
  'Thu, 29 Jun 2022 10:00:00 GMT',
  '29 Juno 2022',
  '31 Feb 2022',
  '2022-06/29',
  '1656496800',
])('does not take %j for a date', (text) => {
  expect(read(text)).toBeUndefined()
})

it('moves a local time that the clocks skip on by what was skipped', () => {
  expect(read('2022-03-27 02:30')).toBe(read('2022-03-27 03:30'))
  expect(read('2022-03-27 02:30')).toBe('2022-03-27T01:30:00.000Z')
})

it('takes the first of a local time that comes twice', () => {
  expect(read('2022-10-30 02:30')).toBe('2022-10-30T00:30:00.000Z')
})

it('knows a day that a zone left out altogether', async () => {
  const apia = await openTimeZone('Pacific/Apia')
  expect(read('2011-12-30', apia)).toBe(read('2011-12-31', apia))
})

it('refuses a zone that does not exist, with a remedy', async () => {
  await expect(openTimeZone('Europe/Toledo')).rejects.toMatchObject({
    name: 'Fault',
    code: 'config-invalid',
    message: expect.stringContaining("'Europe/Madrid'"),
  })
})

const zones = await Promise.all(
  ['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => openTimeZone(name)),
)
const instants = fc.date({
  min: new Date('1900-01-01T00:00Z'),
  max: new Date('2100-01-01T00:00Z'),
  noInvalidDate: true,
})

it('has the offsets of luxon at any instant in any zone', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), instants, (zone, instant) => {
      const { offset } = DateTime.fromJSDate(instant, { zone: zone.name })
      expect(zone.offsetAt(instant.getTime())).toBe(Math.round(offset * 60_000))
    }),
    { numRuns: 3000 },
  )
})

it('reads a local time that comes once as luxon does', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), instants, (zone, instant) => {
      const local = DateTime.fromJSDate(instant, { zone: zone.name })
      fc.pre(
        local.isValid && local.getPossibleOffsets().length === 1 && Number.isInteger(local.offset),
      )
      const text = local.toFormat("yyyy-MM-dd'T'HH:mm:ss.SSS")
      expect(read(text, zone)).toBe(local.toUTC().toISO())
      expect(localDay(instant, zone).join('-')).toBe(local.toFormat('yyyy-MM-dd'))
    }),
    { numRuns: 3000 },
  )
})

it('reads every date that luxon writes, in ISO 8601 and RFC 2822', () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: -14 * 60, max: 14 * 60 }), (instant, minutes) => {
      const there = DateTime.fromJSDate(instant).toUTC(minutes)
      expect(read(there.toISO() ?? '')).toBe(instant.toISOString())
      expect(read(there.toRFC2822() ?? '')).toBe(there.startOf('second').toUTC().toISO())
    }),
  )
})

it('answers any text with a date or nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d:TZ+ /.-]{1,30}$/)), (text) => {
      const date = parseDate(text, madrid)
      expect(date === undefined || !Number.isNaN(date.getTime())).toBe(true)
    }),
  )
})
