import type { ParseArgsOptionDescriptor } from 'node:util'
import type { Config } from '../config.ts'

/** An option of a command, as `parseArgs` of node:util takes it, with its line of help. */
export interface Option extends ParseArgsOptionDescriptor {
  /** `N`, `ID`: what stands for the value in the help */
  readonly value?: string
  readonly help: string
}

/** What all commands share, made by main. */
export interface Context {
  /** absolute: `-C`, else the working directory */
  readonly cwd: string
  readonly loadConfig: () => Promise<Config>
  /** the instant of this run: `--now`, else when it began */
  readonly now: Date
  /** runs on from `now`: for what takes time */
  readonly clock: () => Date
  /** a line now and then, or one that rewrites itself on a terminal; nothing under `--quiet` */
  readonly progress: Progress
  /** aborted by the first SIGINT or SIGTERM */
  readonly signal: AbortSignal
  /** whether somebody asked for JSON: standard output is for one object then */
  readonly json: boolean
  readonly paint: Paint
  /** whether the terminal shows more than ASCII, as far as its locale says */
  readonly unicode: boolean
  readonly stdin: NodeJS.ReadStream
  /** writes to standard output, in the order of calls; for output too large for a report */
  readonly write: (text: string | Uint8Array) => Promise<void>
}

export interface Progress {
  /** replaces the line that stands */
  (line: string): void
  /** a line that stays: a warning, a step that is done */
  note(line: string): void
}

/** Styles for a terminal; they return their text as it is where there is no colour. */
export interface Paint {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
}

/** What a command has to say at its end. */
export interface Report {
  /** for people: lines without a final line feed; empty says nothing */
  readonly text: string
  /** for programs: the object of `--json`; undefined: it is written already */
  readonly json: unknown
  /** 3: finished with something left over; 130: ended by an interrupt, as it was meant to end */
  readonly status?: 0 | 3 | 130
}

export interface Values {
  readonly [name: string]: string | boolean | readonly (string | boolean)[] | undefined
}

/** One command: a file in src/commands/. */
export interface Command {
  /** `tidings send [--dry-run] …` */
  readonly usage: string
  /** what it does, for `--help` */
  readonly help: string
  readonly options: Readonly<Record<string, Option>>
  /** how many words it takes besides options; absent: any number */
  readonly words?: number
  run(context: Context, args: { values: Values; positionals: readonly string[] }): Promise<Report>
}
