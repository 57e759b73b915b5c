import type { DatabaseSync } from 'node:sqlite'
import type { ArticleId } from '../../model/article.ts'
import type { Edition, EditionFile, EditionId, RenderedEdition } from '../../model/edition.ts'
import { Fault } from '../../model/fault.ts'
import type { EditionContents, UsedLetterhead } from '../ledger.ts'
import { gets } from './claims.ts'
import { type Row, toEdition, toFile, toLetterhead, toVariant } from './rows.ts'

/** The ledger's editions. What writes expects to run inside a transaction. */
export function editions(db: DatabaseSync) {
  const named = db.prepare('SELECT * FROM editions WHERE id = ?')
  const find = db.prepare('SELECT * FROM editions WHERE id = ? AND taken_back_at IS NULL')
  const all = db.prepare(
    'SELECT * FROM editions WHERE taken_back_at IS NULL ORDER BY created_at DESC, number DESC',
  )
  const ids = db.prepare('SELECT id FROM editions')
  const unfinished = db.prepare(`
    SELECT * FROM editions e
    WHERE EXISTS (
      SELECT 1 FROM deliveries d
      WHERE d.edition = e.number AND d.state IN ('pending', 'claimed', 'submitting', 'deferred'))
    ORDER BY created_at, number`)
  const uncertain = db.prepare(`
    SELECT * FROM editions e
    WHERE EXISTS (SELECT 1 FROM deliveries d WHERE d.edition = e.number AND d.state = 'uncertain')
    ORDER BY created_at, number`)
  const anybody = db.prepare(`SELECT 1 FROM subscribers s WHERE ${gets} LIMIT 1`)
  const carrier = db.prepare(`
    SELECT e.id FROM edition_articles a JOIN editions e ON e.number = a.edition WHERE a.article = ?`)
  const insert = db.prepare(
    'INSERT INTO editions (id, subject, created_at, only_for) VALUES (?, ?, ?, ?)',
  )
  const carry = db.prepare(
    'INSERT INTO edition_articles (article, edition, position) VALUES (?, ?, ?)',
  )
  const passOver = db.prepare(
    'INSERT INTO edition_articles (article, edition) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )
  const render = db.prepare(`
    INSERT INTO edition_variants (edition, position, language, topics, subject, html, text)
    VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const keepFile = db.prepare(
    'INSERT INTO edition_files (edition, path, contents) VALUES (?, ?, ?)',
  )
  const files = db.prepare(`
    SELECT path, contents FROM edition_files
    WHERE edition = (SELECT number FROM editions WHERE id = ?) ORDER BY path`)
  const contents = db.prepare(`
    SELECT f.path, f.contents FROM edition_files f JOIN editions e ON e.number = f.edition
    WHERE f.path = 'editions/' || e.id || '/edition.json' ORDER BY e.created_at DESC, e.number DESC`)
  const variants = db.prepare(`
    SELECT language, topics, subject, html, text FROM edition_variants
    WHERE edition = (SELECT number FROM editions WHERE id = ?) ORDER BY position`)
  const use = db.prepare(`
    INSERT INTO edition_letterheads (edition, since, content)
    SELECT e.number, :now, :content FROM editions e
    WHERE e.id = :id AND :content IS NOT (
      SELECT content FROM edition_letterheads WHERE edition = e.number ORDER BY since DESC LIMIT 1)
    ON CONFLICT DO UPDATE SET content = excluded.content`)
  const letterheads = db.prepare(`
    SELECT since, content FROM edition_letterheads
    WHERE edition = (SELECT number FROM editions WHERE id = ?) ORDER BY since DESC`)
  const address = db.prepare(`
    INSERT INTO deliveries (edition, subscriber, state, changed_at)
    SELECT :edition, number, 'pending', :now FROM subscribers s WHERE ${gets} ORDER BY number`)
  const isNobodys = db.prepare(`
    SELECT 1 FROM editions e WHERE number = ?
      AND NOT EXISTS (
        SELECT 1 FROM deliveries
        WHERE edition = e.number AND (attempts > 0 OR state NOT IN ('skipped', 'rejected')))
      AND NOT EXISTS (SELECT 1 FROM feedback WHERE edition = e.number)`)
  const forget = [
    'deliveries',
    'edition_articles',
    'edition_files',
    'edition_letterheads',
    'edition_variants',
  ].map((table) => db.prepare(`DELETE FROM ${table} WHERE edition = ?`))
  const mark = db.prepare('UPDATE editions SET taken_back_at = ? WHERE number = ?')
  const carried = db.prepare(`
    SELECT article FROM edition_articles WHERE edition = ? AND position IS NOT NULL ORDER BY position`)
  const sent = db.prepare('SELECT article FROM edition_articles')

  function refuseSecond({ id, articles }: Edition): void {
    if (named.get(id)) {
      throw new Fault('conflict', `edition ${id} exists already: another sender was quicker`)
    }
    for (const article of articles) {
      const earlier = carrier.get(article)?.id
      if (earlier !== undefined) {
        throw new Fault(
          'conflict',
          `article ${article} belongs to edition ${earlier} already: another sender was quicker; run this again`,
        )
      }
    }
  }

  function withArticles(row: Row | undefined): Edition | undefined {
    if (!row) return undefined
    const articles = carried.all(row.number ?? null).map(({ article }) => String(article))
    return toEdition(row, articles)
  }

  return {
    open(
      edition: Edition,
      {
        passedOver = [],
        variants: rendered = [],
        files: documents = [],
        onlyFor,
      }: EditionContents = {},
    ): number {
      refuseSecond(edition)
      const now = edition.createdAt.getTime()
      const only = onlyFor ? JSON.stringify(onlyFor) : null
      if (!anybody.get({ now, only })) return 0
      const { lastInsertRowid: number } = insert.run(edition.id, edition.subject, now, only)
      for (const [position, article] of edition.articles.entries()) {
        carry.run(article, number, position)
      }
      for (const article of passedOver) passOver.run(article, number)
      for (const { path, contents } of documents) keepFile.run(number, path, contents)
      for (const [position, { language, topics, subject, html, text }] of rendered.entries()) {
        const chosen = topics ? JSON.stringify(topics) : null
        render.run(number, position, language, chosen, subject, html, text)
      }
      return Number(address.run({ edition: number, now, only }).changes)
    },

    takeBack(id: EditionId, now: Date): boolean {
      const number = find.get(id)?.number
      if (number === undefined) return true
      if (!isNobodys.get(number)) return false
      for (const statement of forget) statement.run(number)
      mark.run(now.getTime(), number)
      return true
    },

    sentArticles(): ReadonlySet<ArticleId> {
      return new Set(sent.all().map(({ article }) => String(article)))
    },

    ids: (): readonly EditionId[] => ids.all().map(({ id }) => String(id)),

    all(): readonly Edition[] {
      return all.all().flatMap((row) => withArticles(row) ?? [])
    },

    files(id: EditionId): readonly EditionFile[] {
      return files.all(id).map(toFile)
    },

    contents(): readonly EditionFile[] {
      return contents.all().map(toFile)
    },

    variants(id: EditionId): readonly RenderedEdition[] {
      return variants.all(id).map(toVariant)
    },

    useLetterhead(id: EditionId, content: string, now: Date): void {
      use.run({ id, content, now: now.getTime() })
    },

    letterheads(id: EditionId): readonly UsedLetterhead[] {
      return letterheads.all(id).map(toLetterhead)
    },

    find(id: EditionId): Edition | undefined {
      return withArticles(find.get(id))
    },

    uncertain(): readonly Edition[] {
      return uncertain.all().flatMap((row) => withArticles(row) ?? [])
    },

    unfinished(): readonly Edition[] {
      return unfinished.all().flatMap((row) => withArticles(row) ?? [])
    },
  }
}
