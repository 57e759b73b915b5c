import { hash } from 'node:crypto'
import { cleanLine } from '../feeds/guard.ts'
import type { ConsentText } from '../model/join.ts'
import type { JoinEntry, JoinTrouble } from '../subscribers/join-form.ts'
import { htmlRenderer } from '../templates/liquid.ts'
import { fill, pickLanguage, type Words } from '../templates/words.ts'
import { type FrameInput, frameView } from './frame.ts'

/** What can be chosen. */
export interface OfferedTopic {
  readonly id: string
  readonly name: string
  /** chosen beforehand */
  readonly default: boolean
}

export interface JoinPagesInput extends FrameInput {
  readonly topics: readonly OfferedTopic[]
}

/** What a form shows. */
export interface FormState {
  readonly entry: JoinEntry
  readonly token: string
  /** absent: it is shown for the first time */
  readonly why?: JoinTrouble
  /** the address that was probably meant */
  readonly hint?: string
}

/**
 * - `confirm`: one button, and nothing has happened yet
 * - `joined`: on the list
 * - `expired`, `gone`: a link that does nothing, any more or at all
 * - `slower`: too many have asked
 */
export type JoinNotice = 'confirm' | 'joined' | 'expired' | 'gone' | 'slower'

/** @param language BCP 47; the nearest that there are words for is taken */
export interface JoinPages {
  readonly topics: readonly OfferedTopic[]
  /** What the form says, as it is agreed to. */
  consent(language: string): ConsentText
  form(state: FormState): string
  /** The same for every address, save the address. */
  asked(address: string, language: string): string
  say(notice: JoinNotice, language: string): string
  /** The language of the words, where there are some; else the publication's. */
  languageOf(wanted: string): string
  /** What the form says to a program. */
  told(why: JoinTrouble | 'slower' | 'asked', language: string, address?: string): string
}

/** First strong isolate and its end: an address in a sentence that runs the other way. */
const isolate = (text: string) => `\u2068${text}\u2069`

/**
 * Makes the pages by which readers join, in every language that there are words for.
 *
 * @throws {Fault} 'content-invalid' with file and line when a template is wrong
 */
export function joinPages(input: JoinPagesInput): JoinPages {
  const { files, languages } = input.templates
  const render = htmlRenderer(files)
  const newsletter = cleanLine(input.newsletter)
  const wordsOf = (language: string): { lang: string; words: Words } => {
    const lang = pickLanguage(languages, language)
    const words = languages.get(lang)
    if (words === undefined) throw new Error(`no words for ${lang}`)
    return { lang, words }
  }
  const own = pickLanguage(languages, input.publication.language)
  /** What is written from left to right would fall apart in a sentence that is not. */
  const speaker = ({ dir }: Words) => {
    const named = dir === 'rtl' ? isolate(newsletter) : newsletter
    return (sentence: string, address = '') =>
      fill(sentence, { newsletter: named, address: isolate(address) })
  }

  function consent(language: string): ConsentText {
    const { lang, words } = wordsOf(language)
    const { title, intro, address, name, topics, consent: agreed, button, next } = words.join
    const speak = speaker(words)
    const choice = input.topics.length > 0 ? [topics, ...input.topics.map((one) => one.name)] : []
    const lines = [title, intro, address, name, ...choice, agreed, button, next]
    const text = lines.map((line) => speak(line)).join('\n')
    return { hash: hash('sha256', `${lang}\n${text}`), language: lang, text }
  }

  function form({ entry, token, why, hint }: FormState): string {
    const { lang, words } = wordsOf(entry.language)
    const { join } = words
    const speak = speaker(words)
    const heading = why === 'lookOver' ? join.oneMoreStep : speak(join.title)
    const { topics: chosen } = entry
    return render('join.html', {
      ...frameView(input, { lang, words, heading }),
      intro: speak(join.intro),
      consent: speak(join.consent),
      notice: why ? speak(join[why], hint) : null,
      wrong: why === 'noAddress' || why === 'wrongAddress',
      action: `${input.base}subscribe`,
      address: entry.address,
      name: entry.name,
      language: lang,
      token,
      topics: input.topics.map((topic) => ({
        id: topic.id,
        name: topic.name,
        chosen: chosen ? chosen.includes(topic.id) : topic.default,
      })),
      hint:
        hint === undefined
          ? null
          : { address: hint, yes: speak(join.useThat, hint), no: join.useMine },
    })
  }

  const notice = (language: string, said: Said, address?: string): string => {
    const { lang, words } = wordsOf(language)
    const { heading, text, help = '', back = false } = said(words.join)
    const speak = speaker(words)
    return render('notice.html', {
      ...frameView(input, { lang, words, heading: speak(heading) }),
      text: speak(text, address),
      help: help || null,
      action: back ? { label: words.join.again, url: wayBack(input.base, lang, own) } : null,
      invitation: null,
      contact: null,
      contactUrl: null,
    })
  }

  return {
    topics: input.topics,
    consent,
    form,

    asked: (address, language) =>
      notice(
        language,
        ({ asked, askedText, askedHelp }) => ({ heading: asked, text: askedText, help: askedHelp }),
        address,
      ),

    say(which, language) {
      if (which !== 'confirm') return notice(language, sayings[which])
      const { lang, words } = wordsOf(language)
      const heading = speaker(words)(words.join.confirm)
      const text = words.join.confirmText
      return render('confirm.html', { ...frameView(input, { lang, words, heading }), text })
    },

    languageOf: (wanted) =>
      wanted !== '' && isLanguage(wanted) ? pickNear(languages, wanted, own) : own,

    told(why, language, address) {
      const { words } = wordsOf(language)
      const { join } = words
      if (why === 'asked') return join.asked
      return speaker(words)(why === 'slower' ? join.slowerText : join[why], address)
    },
  }
}

type Said = (join: Words['join']) => {
  readonly heading: string
  readonly text: string
  readonly help?: string
  /** whether it leads to the form */
  readonly back?: boolean
}

const sayings: Readonly<Record<Exclude<JoinNotice, 'confirm'>, Said>> = {
  joined: ({ joined, joinedText }) => ({ heading: joined, text: joinedText }),
  expired: ({ expired, expiredText }) => ({ heading: expired, text: expiredText, back: true }),
  gone: ({ gone, goneText }) => ({ heading: gone, text: goneText, back: true }),
  slower: ({ slower, slowerText }) => ({ heading: slower, text: slowerText }),
}

function wayBack(base: string, lang: string, own: string): string {
  return `${base}subscribe${lang === own ? '' : `?language=${encodeURIComponent(lang)}`}`
}

/** No tag that anybody has is longer; to look at a long one takes long. */
const longestTag = 40

function isLanguage(tag: string): boolean {
  try {
    return tag.length <= longestTag && Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}

/** English is what is left where nothing is near, and not what an English reader of a Spanish paper asked for. */
function pickNear(languages: ReadonlyMap<string, Words>, wanted: string, own: string): string {
  const near = pickLanguage(languages, wanted)
  return near === 'en' && !/^en\b/i.test(wanted) ? own : near
}
