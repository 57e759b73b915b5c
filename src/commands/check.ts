import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type Circumstances,
  checkDocument,
  countSeverities,
  type Format,
} from '../check/check-document.ts'
import { type Fetched, fetchDocument } from '../check/fetch-document.ts'
import { type Finding, formatFinding } from '../check/findings.ts'
import { Fault } from '../model/fault.ts'
import { checkPublication } from './check-publication.ts'
import type { Command, Context, Paint, Report } from './command.ts'
import { count } from './terminal.ts'

export const command: Command = {
  usage: 'tidings check [FILE|URL…]',
  help: `Looks for what a feed reader or validator would object to, and says what to do about it.
Without arguments: the feeds that this publication's content makes, built in memory, each finding with the article or
setting that causes it; and what is legal in the configuration and unwise. With arguments: any feed, RSS, Atom, JSON
Feed or OPML, as a file or on the web. Ends with status 3 when there is a finding.`,
  options: {},
  async run(context, { positionals }) {
    const [documents, findings] =
      positionals.length > 0
        ? await checkAll(positionals, context)
        : await checkPublication(await context.loadConfig(), context.now)
    return report(documents, findings, context.paint)
  },
}

/** Larger than any feed that a reader would take: octets. */
const most = 50_000_000
/** How long a server may take, in milliseconds. */
const timeout = 20_000

async function checkAll(
  places: readonly string[],
  context: Context,
): Promise<readonly [number, readonly Finding[]]> {
  const findings: Finding[] = []
  for (const place of places) {
    context.progress(`Checking ${place}`)
    const isWeb = /^[a-z][a-z\d+.-]+:\/\//i.test(place)
    findings.push(...(isWeb ? await checkUrl(place, context) : checkFile(place, context)))
  }
  return [places.length, findings]
}

function checkFile(path: string, { cwd, now }: Context): readonly Finding[] {
  const file = resolve(cwd, path)
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found)
    throw new Fault('usage', `${path}: no such file; name a feed, or none to check your own`)
  if (found.isDirectory()) throw new Fault('usage', `${path}: is a folder; name the feed in it`)
  if (found.size > most)
    throw new Fault('usage', `${path}: larger than ${most / 1_000_000} MB; no reader would take it`)
  try {
    return told(path, checkDocument(readFileSync(file), { now }))
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause
    throw new Fault('usage', `${path}: cannot be read (${cause.code}); mend its permissions`, {
      cause,
    })
  }
}

async function checkUrl(address: string, { now, signal }: Context): Promise<readonly Finding[]> {
  const fetched = await fetchDocument(address, { signal, timeout, most })
  const onTheWay = redirectFindings(address, fetched)
  const { status, bytes, contentType } = fetched
  if (status < 200 || status > 299) {
    const message = `the server answers ${status}; readers get nothing`
    return [...onTheWay, { code: 'http-status', severity: 'error', message, file: address }]
  }
  const circumstances: Circumstances = { now, contentType, url: lastingAddress(address, fetched) }
  return [...onTheWay, ...told(address, checkDocument(bytes, circumstances))]
}

function redirectFindings(address: string, { redirects }: Fetched): readonly Finding[] {
  return redirects.map(({ status, to }) => {
    const forGood = status === 301 || status === 308
    const remedy = forGood ? 'publish that address' : 'serve the feed where people subscribe to it'
    const message = `moved ${forGood ? 'for good' : 'for now'} (${status}) to ${to}; ${remedy}`
    const code = forGood ? 'redirect-permanent' : 'redirect-temporary'
    return { code, severity: 'warning', message, file: address }
  })
}

/** Where readers will ask the next time: behind the permanent redirects, before the first temporary one. */
function lastingAddress(address: string, { redirects }: Fetched): string {
  const temporary = redirects.findIndex(({ status }) => status !== 301 && status !== 308)
  const lasting = temporary < 0 ? redirects : redirects.slice(0, temporary)
  return lasting.at(-1)?.to ?? address
}

function told(
  file: string,
  {
    findings,
  }: { readonly format: Format; readonly findings: ReturnType<typeof checkDocument>['findings'] },
): readonly Finding[] {
  return findings.map(({ code, severity, message, line, column }) => ({
    ...{ code, severity, message, file, line, column },
  }))
}

function report(documents: number, findings: readonly Finding[], paint: Paint): Report {
  const { errors, warnings } = countSeverities(findings)
  const found = `${count(errors, 'error')}, ${count(warnings, 'warning')}`
  const total =
    findings.length === 0
      ? `${paint.good('✓')} ${count(documents, 'document')}, nothing to object to`
      : `${paint.bold(found)} in ${count(documents, 'document')}`
  const lines = findings.map((finding) =>
    formatFinding(finding).replace(/: (error|warning): /, (_, severity: string) => {
      const shown = severity === 'error' ? paint.bad(severity) : paint.warn(severity)
      return `: ${shown}: `
    }),
  )
  return {
    text: [...lines, total].join('\n'),
    json: { documents, errors, warnings, findings },
    status: findings.length === 0 ? 0 : 3,
  }
}
