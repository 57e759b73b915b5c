import type { ListDay } from './days.ts'
import type { FeedAudience } from './feed-audience.ts'

export interface Picture {
  /** of the publication */
  readonly title: string
  readonly days: readonly ListDay[]
  readonly audience: FeedAudience
}

const width = 720
const left = 64
const right = 16
const plot = width - left - right

/**
 * The numbers as a picture that stands by itself: a title and a description for those who do not see it, light and dark as
 * the reader has it, no script, nothing from elsewhere.
 */
export function statisticsSvg({ title, days, audience }: Picture): string {
  const last = days.at(-1)
  const joins = days.reduce((sum, day) => sum + day.joins, 0)
  const leaves = days.reduce((sum, day) => sum + day.leaves, 0)
  const told = [
    `${number(last?.subscribers ?? 0)} subscribers on ${last?.day ?? ''}.`,
    `In ${days.length} days ${number(joins)} joined and ${number(leaves)} left.`,
    `The feeds have an audience of about ${number(audience.total)}.`,
  ]
  const said = told.join(' ')
  const rows = audience.aggregators.slice(0, 6)
  const bars = [
    ...rows.map(({ name, subscribers }) => ({ name, value: subscribers })),
    { name: 'read directly', value: audience.readers },
  ]
  const height = 435 + bars.length * 24
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}: readers</title>`,
    `<desc id="desc">${escaped(said)}</desc>`,
    style,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    `<text class="name" x="${left}" y="32">${escaped(title)}</text>`,
    `<text x="${left}" y="52">${escaped(told.slice(0, 2).join(' '))}</text>`,
    `<text x="${left}" y="70">${escaped(told.slice(2).join(' '))}</text>`,
    ...line(days),
    ...movements(days),
    ...list(bars, 415),
    '</svg>\n',
  ].join('\n')
}

const style = `<style>
  .ground { fill: #fff } text { fill: #333; font: 13px system-ui, sans-serif } .name { font-size: 18px; font-weight: 600 }
  .axis { stroke: #999 } .line { fill: none; stroke: #1565c0; stroke-width: 2 } .area { fill: #1565c0; opacity: .12 }
  .joined { fill: #2e7d32 } .left { fill: #c62828 } .bar { fill: #1565c0 } .end { text-anchor: end }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #15181c } text { fill: #d8dde3 } .axis { stroke: #6b7480 } .line { stroke: #64b5f6 }
    .area { fill: #64b5f6 } .joined { fill: #81c784 } .left { fill: #e57373 } .bar { fill: #64b5f6 }
  }
</style>`

function line(days: readonly ListDay[]): string[] {
  const [top, bottom] = [112, 240]
  const values = days.map(({ subscribers }) => subscribers)
  const most = Math.max(1, ...values)
  // Where all are near each other, zero is far below
  const least = Math.min(...values) > most * 0.8 ? Math.floor(Math.min(...values) * 0.98) : 0
  const x = (at: number) => left + (at * plot) / Math.max(1, values.length - 1)
  const y = (value: number) =>
    bottom - ((value - least) / Math.max(1, most - least)) * (bottom - top)
  const points = values.map((value, at) => `${round(x(at))},${round(y(value))}`)
  return [
    `<text x="${left}" y="102">Subscribers</text>`,
    `<text class="end" x="${left - 6}" y="${top + 5}">${number(most)}</text>`,
    `<text class="end" x="${left - 6}" y="${bottom}">${number(least)}</text>`,
    `<polygon class="area" points="${left},${bottom} ${points.join(' ')} ${left + plot},${bottom}"/>`,
    `<polyline class="line" points="${points.join(' ')}"/>`,
    `<path class="axis" d="M${left} ${bottom}h${plot}"/>`,
    ...dates(days, bottom + 16),
  ]
}

function movements(days: readonly ListDay[]): string[] {
  const middle = 335
  const most = Math.max(1, ...days.flatMap(({ joins, leaves }) => [joins, leaves]))
  const step = plot / Math.max(1, days.length)
  const bars = days.flatMap(({ joins, leaves }, at) => {
    const x = round(left + at * step + step * 0.1)
    const w = round(step * 0.8)
    const up = round((joins / most) * 40)
    const down = round((leaves / most) * 40)
    return [
      ...(joins > 0
        ? [`<rect class="joined" x="${x}" y="${middle - up}" width="${w}" height="${up}"/>`]
        : []),
      ...(leaves > 0
        ? [`<rect class="left" x="${x}" y="${middle}" width="${w}" height="${down}"/>`]
        : []),
    ]
  })
  return [
    `<text x="${left}" y="285">Joined (above the line) and left (below it), at most ${number(most)} a day</text>`,
    ...bars,
    `<path class="axis" d="M${left} ${middle}h${plot}"/>`,
  ]
}

function dates(days: readonly ListDay[], y: number): string[] {
  return [
    `<text x="${left}" y="${y}">${days[0]?.day ?? ''}</text>`,
    `<text class="end" x="${left + plot}" y="${y}">${days.at(-1)?.day ?? ''}</text>`,
  ]
}

function list(
  bars: readonly { readonly name: string; readonly value: number }[],
  top: number,
): string[] {
  const most = Math.max(1, ...bars.map(({ value }) => value))
  const from = left + 150
  return [
    `<text x="${left}" y="${top - 10}">Audience of the feeds</text>`,
    ...bars.flatMap(({ name, value }, at) => {
      const y = top + 16 + at * 24
      const long = round((value / most) * (plot - 230))
      return [
        `<text class="end" x="${from - 8}" y="${y}">${escaped(name)}</text>`,
        `<rect class="bar" x="${from}" y="${y - 12}" width="${long}" height="15"/>`,
        `<text x="${from + long + 6}" y="${y}">${number(value)}</text>`,
      ]
    }),
  ]
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function number(value: number): string {
  return value.toLocaleString('en')
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, ' ')
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
