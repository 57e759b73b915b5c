import { SaxesParser } from 'saxes'

/** What is wrong with a document as XML. */
export function xmlProblem(text: string): string | undefined {
  let problem: string | undefined
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    problem ??= error.message
  })
  parser.write(text).close()
  return problem
}
