import { Fault } from '../../model/fault.ts'

/** What SQLite's primary result codes mean to an operator (sqlite.org/rescode.html): the remedy for each. */
const remedies: Readonly<Record<number, string>> = {
  3: 'permission was refused; make the file and its folder writable for this user',
  5: 'another process kept it locked for too long; wait for it to end, then run this again',
  6: 'another process kept it locked for too long; wait for it to end, then run this again',
  8: 'it cannot be written; make the file and its folder writable for this user',
  10: 'the disk could not be read or written; look at the disk, then run this again',
  11: 'the file is damaged; put back a backup (sqlite3 FILE .recover may save the rest)',
  13: 'the disk is full; make room, then run this again',
  14: 'the file cannot be opened; check that the path is right and its folder writable for this user',
  15: 'another process kept it locked for too long; wait for it to end, then run this again',
  26: 'the file is not an SQLite database; name another file under "store", or move this one away',
}

/** Makes a Fault of what an operator can mend; everything else is returned as it is: a bug of ours. */
export function toFault(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof Fault) return error
  const remedy = remedies[primaryCode(error)]
  if (remedy === undefined) return error
  return new Fault('unavailable', `store ${file}: ${remedy}`, { cause: error })
}

/** SQLite keeps the kind of an error in its low byte, details above. */
function primaryCode(error: Error): number {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : -1
}

export function isBusy(error: unknown): boolean {
  return error instanceof Error && primaryCode(error) === 5
}
