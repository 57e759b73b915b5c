// One `'` more in front of what a spreadsheet takes for a formula, and of what looks guarded already: so that
// taking one off always gives back what was written. (OWASP, "CSV Injection")
const guard = "'"

export function guardFormula(text: string): string {
  return /^'*[=+\-@＝＋－＠\t\r]/.test(text) ? guard + text : text
}

export function undoFormulaGuard(text: string): string {
  return text.startsWith(guard) && /^'+[=+\-@＝＋－＠\t\r]/.test(text)
    ? text.slice(guard.length)
    : text
}
