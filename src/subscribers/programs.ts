/** An export that is known by its columns. All titles as `plainTitle` makes them. */
export interface Program {
  readonly name: string
  /** one of each group stands in its header, and in no other program's */
  readonly has: readonly (readonly string[])[]
  /** what it adds of its own accord: whatever else it has, the publisher made, and becomes a field */
  readonly own: ReadonlySet<string>
}

const words = (text: string) => text.split(/\s+/)

function program(name: string, has: readonly string[], own: string): Program {
  return { name, has: has.map(words), own: new Set(words(own)) }
}

const utm = 'utmsource utmmedium utmcampaign utmterm utmcontent utmchannel referrer referrerurl'

export const programs: readonly Program[] = [
  program('tidings', ['address', 'status', 'reason', 'joined'], ''),
  program(
    'Mailchimp',
    ['emailaddress email', 'memberrating leid euid optintime'],
    'memberrating optintime optinip confirmtime confirmip latitude longitude gmtoff dstoff timezone cc region ' +
      'lastchanged leid euid notes unsubtime unsubcampaigntitle unsubcampaignid unsubreason unsubreasonother ' +
      'cleantime cleancampaigntitle cleancampaignid emailtype contactid webid ' +
      // Asked of everybody by default: taken along only where somebody wants them
      'address phonenumber birthday',
  ),
  program(
    'Substack',
    ['email', 'activesubscription emaildisabled'],
    'activesubscription emaildisabled expiry createdat firstpaymentat preferdigests digestenabled stripecustomerid',
  ),
  program(
    'Ghost',
    ['email', 'subscribedtoemails'],
    'id note subscribedtoemails complimentaryplan stripecustomerid createdat deletedat giftid emailcount ' +
      'emailopenedcount emailopenrate lastseenat geolocation uuid',
  ),
  program(
    'Buttondown',
    ['email emailaddress', 'metadata', 'creationdate subscribertype type'],
    `id notes metadata creationdate subscribertype type source secondaryid ipaddress unsubscriptiondate ${utm} ` +
      'churndate lastclickdate lastopendate avatarurl giftsubscriptionmessage stripecustomerid stripecoupon ' +
      'unsubscriptionreason undeliverabilitydate undeliverabilityreason riskscore emailtransitions transitions ' +
      'upgradedate referralcode openrate clickrate',
  ),
  program(
    'listmonk',
    ['uuid', 'email', 'attributes attribs'],
    'id uuid attributes attribs createdat updatedat subscriptionstatus lists',
  ),
  program(
    'beehiiv',
    [
      'email',
      'status',
      'subscriptiontier subscriptionpremiumtiernames acquisitionsource referralcode',
    ],
    `id subscriptionid createdat created subscribedat tier subscriptiontier subscriptionpremiumtiernames ${utm} ` +
      'acquisitionsource referringsite referralcode referralcount totalreferrals stripecustomerid unsubscribedat ' +
      'totalsent totaldelivered totalopened totaluniqueopened totalclicked totaluniqueclicked openrate clickrate ' +
      'clickthroughrate lastopened lastclicked',
  ),
  program(
    'Kit',
    ['email emailaddress', 'firstname', 'createdat', 'tags state status'],
    `id subscriberid createdat ${utm} referringsite referringdomain confirmedat cancelledat ipaddress`,
  ),
]

/** What a column is called, without letter case, accents, spaces and signs. */
export function plainTitle(title: string): string {
  return title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.]+/gu, '')
}

/** @param titles plain */
export function findProgram(titles: readonly string[]): Program | undefined {
  const all = new Set(titles)
  return programs.find(({ has }) => has.every((group) => group.some((title) => all.has(title))))
}
