import { cleanLine } from '../feeds/guard.ts'
import { escapeXml } from '../feeds/xml.ts'
import { fill, type Words } from '../templates/words.ts'

/**
 * A form for any page of any site, without a script: it leads to our own, where what was entered is looked over and
 * sent.
 *
 * @param terms.url of our form
 * @param terms.language that of `words`
 */
export function joinSnippet(
  { join, dir }: Words,
  { url, language, newsletter }: { url: string; language: string; newsletter: string },
): string {
  const say = (sentence: string) => escapeXml(fill(sentence, { newsletter: cleanLine(newsletter) }))
  return `<form action="${escapeXml(url)}" method="post" lang="${language}" dir="${dir}">
  <p><strong>${say(join.title)}</strong></p>
  <p><label>${say(join.address)}
    <input name="address" type="text" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false" maxlength="320" required></label></p>
  <input type="hidden" name="language" value="${language}">
  <!-- What you call this form; it is kept with each consent that began here -->
  <input type="hidden" name="from" value="website">
  <p><button>${say(join.button)}</button></p>
  <p><small>${say(join.intro)}</small></p>
</form>`
}
