import type { Attributes, Place } from './attributes.ts'
import { resolvePicture, resolveSrcset } from './links.ts'

/** Where scripts that load pictures, players and frames late keep the address, in the order of trust. */
export const lateSources = [
  'data-src',
  'data-lazy-src',
  'data-original',
  'data-orig-src',
  'data-hi-res-src',
]
const lateSets = ['data-srcset', 'data-lazy-srcset']

export type KeptImage =
  | { readonly kind: 'image'; readonly attributes: Map<string, string> }
  | { readonly kind: 'none'; readonly alt: string }

/**
 * What a picture is without the scripts of its page: the address behind a placeholder in place of the placeholder; no
 * tracking pixels; the words for it where there is no address that may stay.
 */
export function keepImage(attributes: Attributes, place: Place): KeptImage {
  const alt = attributes.get('alt') ?? ''
  const source = lateSources
    .map((name) => attributes.get(name))
    .find((value) => isUsable(value, place))
  const set = lateSets.map((name) => attributes.get(name)).find((value) => value !== undefined)
  const kept = new Map(attributes)
  if (source !== undefined) kept.set('src', source)
  if (set !== undefined) kept.set('srcset', set)
  const url =
    resolvePicture(kept.get('src') ?? '', place.url) ?? firstCandidate(kept.get('srcset'), place)
  if (url === undefined) return { kind: 'none', alt }
  if (isTiny(attributes.get('width')) && isTiny(attributes.get('height')))
    return { kind: 'none', alt: '' }
  kept.set('src', url)
  kept.set('alt', alt)
  return { kind: 'image', attributes: kept }
}

/** What a player or one of its sources is without the scripts of its page. */
export function withLateSources(attributes: Attributes): Attributes {
  const awake = new Map(attributes)
  const fill = (name: string, late: readonly string[]) => {
    if (!/^\s*(?:about:blank\s*)?$/.test(attributes.get(name) ?? '')) return
    const value = late.map((one) => attributes.get(one)).find((found) => found !== undefined)
    if (value !== undefined) awake.set(name, value)
  }
  fill('src', lateSources)
  fill('srcset', lateSets)
  fill('poster', ['data-poster'])
  return awake
}

function isUsable(value: string | undefined, { url }: Place): boolean {
  return value !== undefined && resolvePicture(value, url) !== undefined
}

function firstCandidate(set: string | undefined, { url }: Place): string | undefined {
  return /^\S+/.exec(resolveSrcset(set ?? '', url))?.[0].replace(/,$/, '')
}

function isTiny(size: string | undefined): boolean {
  return size !== undefined && /^\s*[0-2](?:px)?\s*$/.test(size)
}
