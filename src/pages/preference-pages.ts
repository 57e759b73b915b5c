import { cleanLine } from '../feeds/guard.ts'
import type { Subscriber } from '../model/subscriber.ts'
import type { Topic } from '../model/topic.ts'
import { htmlRenderer } from '../templates/liquid.ts'
import { fill, pickLanguage, type Words } from '../templates/words.ts'
import { type FrameInput, frameView } from './frame.ts'

export interface PreferencePagesInput extends FrameInput {
  readonly topics: readonly Topic[]
  /** whether the form is there by which readers join */
  readonly canJoin: boolean
  /** whether a message can be sent to a new address */
  readonly canMove: boolean
}

/**
 * What the page says of what was just done.
 *
 * - `saved`
 * - `wrongDate`: not saved, since a pause would end on no day
 * - `wrongAddress`: nothing was sent
 */
export type PreferenceTold = 'saved' | 'wrongDate' | 'wrongAddress'

/**
 * - `erased`: nothing is kept any more
 * - `changed`: mail goes to the new address
 * - `gone`: a link that does nothing, any more or at all
 * - `slower`: too many have asked
 */
export type PreferenceNotice = 'erased' | 'changed' | 'gone' | 'slower'

export interface PreferencePages {
  /** what can be chosen */
  readonly topics: readonly Topic[]
  readonly languages: readonly string[]
  readonly timezone: string
  preferences(reader: Subscriber, now: Date, told?: PreferenceTold): string
  addressAsked(reader: Subscriber, address: string): string
  /** One button, and nothing has happened yet. */
  erase(reader: Subscriber): string
  /** One button, and nothing has happened yet. @param language BCP 47; the publication's without it */
  move(language?: string): string
  say(notice: PreferenceNotice, language?: string): string
}

/** First strong isolate and its end: an address or a name in a sentence that runs the other way. */
const isolate = (text: string) => `\u2068${text}\u2069`

/**
 * Makes the pages on which readers choose, move and are forgotten, in every language that there are words for.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong, from its functions
 */
export function preferencePages(input: PreferencePagesInput): PreferencePages {
  const { publication, templates, topics, base } = input
  const { languages } = templates
  const render = htmlRenderer(templates.files)
  const newsletter = cleanLine(input.newsletter)
  const tags = [...languages.keys()].map((tag) => Intl.getCanonicalLocales(tag)[0] ?? tag)

  function wordsOf(language = publication.language): { lang: string; words: Words } {
    const lang = pickLanguage(languages, language)
    const words = languages.get(lang)
    if (words === undefined) throw new Error(`no words for ${lang}`)
    return { lang, words }
  }
  const speak = (sentence: string, values: Readonly<Record<string, string>> = {}) =>
    fill(sentence, { newsletter: isolate(newsletter), ...values })

  function frame(language: string | undefined, headingOf: (words: Words) => string) {
    const { lang, words } = wordsOf(language)
    return { words, view: frameView(input, { lang, words, heading: speak(headingOf(words)) }) }
  }

  function press(
    language: string | undefined,
    said: (words: Words) => {
      readonly heading: string
      readonly text: string
      readonly button: string
      readonly back: { readonly label: string; readonly url: string } | null
    },
  ): string {
    const { words, view } = frame(language, (one) => said(one).heading)
    const { text, button, back } = said(words)
    return render('press.html', { ...view, text: speak(text), button, back })
  }

  function notice(
    language: string | undefined,
    said: (words: Words) => { readonly heading: string; readonly text: string; join?: boolean },
    values: Readonly<Record<string, string>> = {},
  ): string {
    const { words, view } = frame(language, (one) => said(one).heading)
    const { text, join: leadsToForm = false } = said(words)
    const leads = leadsToForm && input.canJoin
    return render('notice.html', {
      ...view,
      text: speak(text, values),
      help: null,
      action: leads ? { label: words.preferences.backToForm, url: `${base}subscribe` } : null,
      invitation: null,
      contact: null,
      contactUrl: null,
    })
  }

  return {
    topics,
    languages: tags,
    timezone: publication.timezone,

    preferences(reader, now, told) {
      const { words, view } = frame(reader.language, ({ preferences }) => preferences.title)
      const { preferences: said } = words
      const { topics: chosen, language = publication.language, pausedUntil } = reader
      const { lang } = wordsOf(reader.language)
      const here = pickLanguage(languages, language)
      const isPaused = pausedUntil !== undefined && pausedUntil > now
      const day = (date: Date) => isoDay(date, publication.timezone)
      const isOn = reader.status === 'active' || reader.status === 'unlisted'
      const until = isPaused
        ? new Intl.DateTimeFormat(lang, {
            dateStyle: 'long',
            timeZone: publication.timezone,
          }).format(pausedUntil)
        : ''
      return render('preferences.html', {
        ...view,
        said,
        intro: speak(said.intro, { address: isolate(reader.address) }),
        notice: told ? said[told] : null,
        isFault: told !== undefined && told !== 'saved',
        wrongAddress: told === 'wrongAddress',
        wrongDate: told === 'wrongDate',
        isOn,
        hasLeft: isOn ? null : speak(said.hasLeft),
        pausedUntil: isPaused ? fill(said.isPaused, { date: until }) : null,
        action: `${base}preferences/${reader.token}`,
        name: reader.name,
        topics: topics.map(({ id, name }) => ({
          id,
          name,
          chosen: chosen === undefined || chosen.includes(id),
        })),
        languages: tags.map((tag) => ({
          tag,
          name: nameOf(tag),
          dir: languages.get(tag.toLowerCase())?.dir ?? 'ltr',
          chosen: tag.toLowerCase() === here,
        })),
        until: isPaused ? day(pausedUntil) : '',
        isPaused,
        earliest: day(new Date(now.getTime() + 86_400_000)),
        canMove: input.canMove && isOn,
        leaveUrl: isOn ? `${base}unsubscribe/${reader.token}` : null,
        joinUrl: !isOn && input.canJoin ? `${base}subscribe` : null,
      })
    },

    addressAsked: (reader, address) =>
      notice(
        reader.language,
        ({ preferences }) => ({
          heading: preferences.addressAsked,
          text: preferences.addressAskedText,
        }),
        { address: isolate(address) },
      ),

    erase: (reader) =>
      press(reader.language, ({ preferences }) => ({
        heading: preferences.eraseHeading,
        text: preferences.eraseWarning,
        button: preferences.eraseButton,
        back: { label: preferences.keep, url: `${base}preferences/${reader.token}` },
      })),

    move: (language) =>
      press(language, ({ preferences }) => ({
        heading: preferences.change,
        text: preferences.changeText,
        button: preferences.changeButton,
        back: null,
      })),

    say: (which, language) =>
      notice(language, ({ preferences }) => ({
        heading: preferences[which],
        text: preferences[`${which}Text`],
        join: which === 'erased',
      })),
  }
}

/** In itself: `español` */
function nameOf(tag: string): string {
  return new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag
}

/** `2026-11-23`, as the fields of forms want it */
function isoDay(date: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeZone }).format(date)
}
