// The floor: `read` opens every file, `stat` only asks for its size and time, `empty` does nothing.
import { readdirSync, readFileSync, statSync } from 'node:fs'

const [what, content] = process.argv.slice(2)
if (what !== 'empty') {
  for (const name of readdirSync(content)) {
    if (what === 'read') readFileSync(`${content}/${name}`)
    else statSync(`${content}/${name}`)
  }
}
