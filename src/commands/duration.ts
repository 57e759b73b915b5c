import { Fault } from '../model/fault.ts'

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const longest = 30 * units.d

/**
 * Reads `90m`, `6h`, `1d` or `1h30m`; `0` is none.
 *
 * @param option for the message
 * @returns milliseconds, at most thirty days
 * @throws {Fault} 'usage'
 */
export function readDuration(option: string, text: string): number {
  if (text === '0') return 0
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([mhd])/g)]
  const ms = parts.reduce(
    (sum, [, n, unit]) => sum + Number(n) * units[unit as keyof typeof units],
    0,
  )
  const isWhole = parts.map(([part]) => part).join('') === text
  if (isWhole && ms >= units.m && ms <= longest) return Math.round(ms)
  throw new Fault(
    'usage',
    `${option} ${text}: not a time from 1m to 30d; write it as 90m, 6h or 1d, or 0 for none`,
  )
}
