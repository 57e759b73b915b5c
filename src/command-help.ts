import type { Command, Option } from './commands/command.ts'

/** Understood by every command, before it or after it. */
export const globalOptions: Readonly<Record<string, Option>> = {
  directory: { type: 'string', short: 'C', value: 'DIR', help: 'work in DIR' },
  config: { type: 'string', value: 'FILE', help: 'the configuration file to take' },
  json: { type: 'boolean', help: 'one JSON object on standard output, nothing else there' },
  quiet: { type: 'boolean', short: 'q', help: 'no progress, no report; errors only' },
  now: { type: 'string', value: 'ISO-8601', help: 'the clock, for reproducible runs' },
  version: { type: 'boolean', help: 'print the version' },
  help: { type: 'boolean', short: 'h', help: 'print this, or the help of a command' },
}

/** The help of the program as a whole. @param commands what each one is about, by name */
export function overview(commands: Readonly<Record<string, { about: string }>>): string {
  const list = Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(13)}${about}`)
  return [
    'tidings: a folder of articles becomes feeds and a delivered newsletter',
    '',
    'Usage: tidings [options] COMMAND [options]',
    '',
    'Commands:',
    ...list,
    '',
    'Options everywhere:',
    ...optionLines(globalOptions),
    '',
    "'tidings COMMAND --help' tells more of a command.",
    '',
  ].join('\n')
}

/** The help of one command. */
export function commandHelp({ usage, help, options }: Command): string {
  const own = Object.keys(options).length > 0 ? ['', 'Options:', ...optionLines(options)] : []
  return [
    `Usage: ${usage}`,
    '',
    help.trimEnd(),
    ...own,
    '',
    'Options everywhere:',
    ...optionLines(globalOptions),
    '',
  ].join('\n')
}

function optionLines(options: Readonly<Record<string, Option>>): string[] {
  return Object.entries(options).map(([name, { short, value, help }]) => {
    const flag = `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`
    return `  ${flag.padEnd(26)}${help}`
  })
}
