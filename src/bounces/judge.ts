import type { FeedbackKind } from '../model/feedback.ts'

/** What a mail system gave as its reason. */
export interface Reason {
  /** RFC 3463, or empty */
  readonly status: string
  /** its own words, or empty */
  readonly words: string
}

/** A reply of SMTP at the beginning of what was said, or in the midst of it. */
const smtpCode = /(?:^|[\s:#(>'"[])([45]\d\d)(?=[\s\-.,:;)]|$)/
const enhancedCode = /(?:^|[^\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/

const mostWords = 4000

/** Too full for anything. */
const full = words(
  'mail ?box(?: of the recipient| size)?(?: has| is| was)?(?: been)?(?: currently| temporarily)? (?:full|over)',
  'mail ?box full|full mail ?box|inbox is full|folder is full|mailfolder is full',
  'over ?(?:the |its |his |disk |storage |mail ?box )?quota|out of (?:storage|disk|mailbox) ?space',
  'quota (?:is |has been |limit )?(?:exceed|full|reached|violation)|exceed\\w* (?:\\w+ ){0,3}quota',
  'exceed\\w* (?:the |its |his |their |maximum )?(?:storage|mailbox|disk)',
  '(?:insufficient|not enough) (?:system |disk |mailbox )?(?:storage|space)|no space left',
  'storage (?:space )?(?:limit|full|exceed)|mailbox size limit|mailbox_full|mailbox has exceeded',
  'account is full|reached (?:the |its )?(?:maximum|quota|storage)',
  'postfach (?:ist )?(?:voll|überfüllt)|buz[oó]n (?:está )?lleno|bo[iî]te (?:aux lettres )?(?:est )?pleine',
  'ящик переполнен|casella (?:di posta )?piena',
)

/** Nobody is there, and nobody will be. */
const gone = words(
  '(?:unknown|invalid|nonexistent|non-existent|undefined) (?:local )?(?:user|recipient|mailbox|account|addressee?|alias|e-?mail)',
  '(?:user|recipient|mailbox|account|addressee?|addresses?|alias|local[ -]?part|e-?mail(?: account| address)?|username|mail ?box name)(?: \\S{1,100}| you specified| that you tried to reach)?(?: is| was|:)? ?(?:unknown|not (?:found|known|listed|recognized|recognised)|invalid|nonexistent|non-existent)',
  "(?:does(?: not|n'?t)|do not|did not) (?:exist|have an? (?:\\S{1,60} )?(?:account|mailbox))|(?<!may )not exist\\b",
  'no (?:such|valid) (?:user|recipient|mailbox|account|address|person|addressee|local|domain|host|alias)',
  'no (?:mailbox|account|user)(?: here)? (?:by that name|with that name|named|found)|no mailbox here|no longer (?:available|valid|exists?|in use|accept|here|on|with|active)',
  "(?:isn'?t|is not) (?:a )?(?:known|valid|existing) (?:user|recipient|mailbox|address|account)",
  'user(?:name)? (?:\\S{1,100} )?(?:\\S{1,100} )?not listed|not listed in (?:public|domino)|not our customer|not a (?:valid|known|registered)|unrouteable address|unknown or illegal alias',
  '(?:mailbox|account|user|recipient|address|e-?mail account)(?: that you tried to reach)?(?: is| has been| was|:)?(?: currently)? (?:disabled|inactive|deactivated|closed|terminated|deleted|expired|suspended|cancell?ed|discontinued|locked|removed|frozen|blocked$|blocked\\.|blocked due to inactivity)',
  '(?:disabled|inactive|deactivated|closed|terminated|suspended|expired) (?:mailbox|account|user|recipient|address)',
  'mailbox (?:is )?(?:unavailable|not available|currently unavailable)|mailbox not found|RecipNotFound|RecipientNotFound|RESOLVER\\.ADR',
  'recipient address rejected: (?:user|unknown|undeliverable|unverified|invalid|access denied\\. AS)|undeliverable address|recipient not found',
  '(?:host|domain)(?: name)?(?: \\S{1,100})?(?: or domain name)? not found|domain (?:name )?(?:\\S{1,100} )?(?:does not exist|not found|unknown)|no (?:mx|dns) (?:record|entry|entries)|unknown host|host unknown|invalid domain(?! name)|could ?n.?t find a mail exchanger|name or service not known|nxdomain|nullmx|null mx|bad destination (?:host|mailbox)|does not (?:accept|receive) (?:e-?)?mail|illegal host|could ?n.?t find any host|cannot find your recipient.s|unable to find (?:the )?(?:recipient|domain)',
  'has moved|user (?:has )?(?:moved|left)|left the (?:company|organi[sz]ation)|mailbox has moved|address (?:has )?changed',
  'unbekannte[rn]? (?:empf[aä]nger|benutzer)|empf[aä]nger (?:ist )?unbekannt|existiert nicht|usuario desconocido|no existe|utilisateur inconnu|adresse inconnue|n.existe pas|utente sconosciuto|не найден|не существует|пользовател[ья] нет|нет такого|存在しません|見つかりません',
  "addressee unknown|couldn't find a mailbox|wasn't found|was not found|can.t be found|could not be found|isn't in|unable to find|mailbox does not",
)

/** It is about us: our name, our server, what we wrote, how much of it. */
const ours = words(
  '\\bspam|\\bjunk\\b|unsolicited|\\bbulk ?mail|black ?list|block ?list|deny ?list|\\brbl\\b|dnsbl|reputation',
  'spamhaus|spamcop|barracuda|sorbs|proofpoint|senderscore|cloudmark|mimecast|\\b\\w*urib[lh]\\b',
  '\\bdmarc\\b|\\bspf\\b|\\bdkim\\b|domain ?key|reverse dns|\\bptr\\b|\\brdns\\b|unauthenticated|authenticat',
  '(?:message|mail|e-?mail|content|connection|client|host|sender|ip)(?: \\S{1,60})? (?:has been |was |is |are )?(?:blocked|banned|refused by|rejected by|rejected due|rejected for|rejected because|temporarily deferred|quarantined)',
  'blocked (?:by|using|due|for|because|-|since)|access (?:has been )?denied(?!\\. AS)|(?:sender|client)(?: address| host)? (?:rejected|denied|refused|blocked)',
  'polic(?:y|ies)|administrat\\w+ prohibit|prohibited|not (?:permitted|authori[sz]ed|allowed)|\\brelay',
  'virus|malware|phish|malicious|suspicious|banned|forbidden|content filter|message content|content (?:rejected|of (?:this|your) message)',
  'rate ?limit|too many (?:messages|connections|recipients|e-?mails)|throttl|grey ?list|gray ?list|complaint|high volume|receiving mail at a rate',
  'message (?:size|is too|too)|size exceeds|too (?:large|big)\\b|max(?:imum)? message size|message length|file size',
  '(?:mail|message) (?:rejete|rejected)|line limit|protocol violation|\\(BL\\)$|\\bip (?:\\S{1,40} )?(?:frequency|is blocked)|blocked ip\\b|invalid ip\\b|client ip\\b',
  '(?<!not )listed (?:at|in|by|on) |see https?://\\S{0,80}(?:block|abuse|postmaster|spam|bl\\b)',
)

/** Of a mailbox or host for now: rather this than one for good. */
const passing = words(
  'temporar|try again|try later|timed? ?out|connection refused|unreachable|could not connect|too busy|not responding|expired',
  'loop|too many hops|resources|overload|system error|local error|internal error|mail ?drop|lost connection|no route',
)

const goneStatus = /^5\.1\.(?:1|2|3|6|10)$|^5\.2\.1$|^5\.4\.310$/
/** Our address, our domain: whatever else is said. */
const senderStatus = /^[45]\.1\.[78]$/
const fullStatus = /^[45]\.2\.2$/
const oursStatus = /^[45]\.(?:7\.\d+|6\.\d+|3\.4|2\.3|1\.[78])$/
/** Says no more than that something is wrong. */
const vague = /^[45]\.(?:0\.0|\d+\.0)$/

/**
 * Decides what a delivery that failed for good says of its recipient. Words count before codes: many systems write
 * 5.0.0, 5.1.1 or 5.7.1 whatever happened. Where it is in doubt, the milder one is meant.
 *
 * | told | kind |
 * | --- | --- |
 * | 4yz alone, 4.x.x: tried for days, and given up | soft; policy for 4.7.x |
 * | words of spam, policy, reputation, authentication, size; 5.7.x, 5.6.x, 5.3.4, 5.2.3, 5.1.7, 5.1.8 | policy |
 * | words of a full mailbox; 5.2.2 | soft |
 * | words of an unknown, closed or moved mailbox or domain; 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10, 5.2.1 | hard |
 * | anything else | soft |
 */
export function judge({ status, words: given }: Reason): Judgement {
  const said = withoutNames(given)
  const code = bestStatus(status, said)
  return { kind: kindOf(code, said), status: code }
}

export interface Judgement {
  readonly kind: Extract<FeedbackKind, 'hard' | 'soft' | 'policy'>
  readonly status: string
}

function kindOf(status: string, said: string): Judgement['kind'] {
  const reply = smtpCode.exec(said)?.[1] ?? ''
  const isOurs = ours.test(said)
  const isGone = gone.test(said)
  if (senderStatus.test(status)) return 'policy'
  // How Exchange Online says that there is nobody of that name
  if (status === '5.4.1' && /recipient address rejected: access denied/i.test(said)) return 'hard'
  if (full.test(said) && !isOurs) return 'soft'
  if (status.startsWith('4') || (status === '' && reply.startsWith('4'))) {
    return status.startsWith('4.7.') || (isOurs && !isGone) ? 'policy' : 'soft'
  }
  if (fullStatus.test(status) && !isGone) return 'soft'
  // Those who say 5.7.1 of a stranger say so in words, too
  if (isOurs || (oursStatus.test(status) && !isGone)) return 'policy'
  if (isGone)
    return passing.test(said) && !goneStatus.test(status) && reply === '' ? 'soft' : 'hard'
  return goneStatus.test(status) ? 'hard' : 'soft'
}

/** The status field, unless it says nothing and the words know better. */
function bestStatus(status: string, said: string): string {
  const inWords = enhancedCode.exec(said)?.[1] ?? ''
  if (status === '') return inWords
  return inWords !== '' && (vague.test(status) || inWords[0] === '5') && !vague.test(inWords)
    ? inWords
    : status
}

/**
 * Decides where a provider says already that it is for good: a full mailbox is not, nor is what it refuses us.
 */
export function judgeForGood({ status, words: given }: Reason): Judgement {
  const judgement = judge({ status, words: given })
  if (judgement.kind !== 'soft' || fullStatus.test(judgement.status) || full.test(given)) {
    return judgement
  }
  return { ...judgement, kind: 'hard' }
}

/** Whether what is said names any reason. */
export function isReason(said: string): boolean {
  return (
    enhancedCode.test(said) ||
    smtpCode.test(said) ||
    [full, gone, ours, passing].some((list) => list.test(said))
  )
}

/** Addresses and hosts may be called anything. */
function withoutNames(said: string): string {
  return said
    .slice(0, mostWords)
    .replace(/<?[^\s<>@]{1,100}@[^\s<>@]{1,260}>?/g, '…')
    .replace(/\bhost \S{1,260}(?: ?\[[^\]\s]{1,50}\])?(?=:? said)/gi, 'host …')
}

function words(...lists: readonly string[]): RegExp {
  return new RegExp(lists.join('|'), 'iu')
}
