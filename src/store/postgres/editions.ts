import type { ArticleId } from '../../model/article.ts'
import type { Edition, EditionFile, EditionId, RenderedEdition } from '../../model/edition.ts'
import { Fault } from '../../model/fault.ts'
import type { EditionContents, UsedLetterhead } from '../ledger.ts'
import type { Query } from './access.ts'
import { gets } from './claims.ts'
import { asJson, asText, toEdition, toFile, toLetterhead, toVariant } from './rows.ts'

const select = `
  SELECT e.id, e.subject, e.created_at, e.cancelled_at, array(
    SELECT article FROM tidings.edition_articles
    WHERE edition = e.number AND position IS NOT NULL ORDER BY position) AS articles
  FROM tidings.editions e`

/** Asked one by one, since each has an index of its own. */
const isUnfinished = `(
  EXISTS (SELECT FROM tidings.deliveries WHERE edition = e.number AND is_pending)
  OR EXISTS (SELECT FROM tidings.deliveries WHERE edition = e.number AND lease_until IS NOT NULL)
  OR EXISTS (SELECT FROM tidings.deliveries WHERE edition = e.number AND due_at IS NOT NULL))`

/** Opens an edition; expects to run inside a transaction. */
export async function openEdition(
  query: Query,
  edition: Edition,
  { passedOver = [], variants = [], files = [], onlyFor }: EditionContents = {},
): Promise<number> {
  // Senders that plan at once go one after the other: the second one sees what the first has carried.
  await query({ text: 'LOCK TABLE tidings.editions IN SHARE ROW EXCLUSIVE MODE' })
  await refuseSecond(query, edition)
  const only = onlyFor ?? null
  const anybody = await query({
    text: `SELECT FROM tidings.subscribers s WHERE ${gets('$1', '$2')} LIMIT 1`,
    values: [edition.createdAt, only],
  })
  if (anybody.count === 0) return 0
  const { rows } = await query({
    text: `
      INSERT INTO tidings.editions (id, subject, created_at, only_for) VALUES ($1, $2, $3, $4) RETURNING number`,
    values: [edition.id, asText(edition.subject), edition.createdAt, only],
  })
  const number = Number(rows[0]?.number)
  await query({
    text: `
      INSERT INTO tidings.edition_articles (article, edition, position)
      SELECT article, $1, position
      FROM jsonb_to_recordset($2::jsonb) AS given (article text, position integer)
      ON CONFLICT DO NOTHING`,
    values: [
      number,
      asJson([
        ...edition.articles.map((article, position) => ({ article, position })),
        ...passedOver.map((article) => ({ article })),
      ]),
    ],
  })
  await query({
    text: `
      INSERT INTO tidings.edition_variants (edition, position, language, topics, subject, html, text)
      SELECT $1, position, language, topics, subject, html, text
      FROM jsonb_to_recordset($2::jsonb)
        AS given (position integer, language text, topics text[], subject text, html text, text text)`,
    values: [number, asJson(variants.map((variant, position) => ({ ...variant, position })))],
  })
  await query({
    text: `
      INSERT INTO tidings.edition_files (edition, path, contents)
      SELECT $1, path, contents FROM jsonb_to_recordset($2::jsonb) AS given (path text, contents text)`,
    values: [number, asJson(files)],
  })
  const { count } = await query({
    text: `
      INSERT INTO tidings.deliveries (edition, subscriber, state, changed_at)
      SELECT $1, number, 'pending', $2
      FROM tidings.subscribers s WHERE ${gets('$2', '$3')} ORDER BY number`,
    values: [number, edition.createdAt, only],
  })
  return count
}

/** Expects to run inside a transaction. */
export async function takeBack(query: Query, id: EditionId, now: Date): Promise<boolean> {
  const { rows } = await query({
    text: `
      SELECT number, NOT EXISTS (
          SELECT FROM tidings.deliveries
          WHERE edition = e.number AND (attempts > 0 OR state NOT IN ('skipped', 'rejected')))
        AND NOT EXISTS (SELECT FROM tidings.feedback WHERE edition = e.number) AS is_nobodys
      FROM tidings.editions e WHERE id = $1 AND taken_back_at IS NULL FOR UPDATE`,
    values: [asText(id)],
  })
  const [found] = rows
  if (!found) return true
  if (!found.is_nobodys) return false
  for (const table of ofEdition) {
    const text = `DELETE FROM tidings.${table} WHERE edition = $1`
    await query({ text, values: [found.number] })
  }
  await query({
    text: 'UPDATE tidings.editions SET taken_back_at = $2 WHERE number = $1',
    values: [found.number, now],
  })
  return true
}

/** Where rows of an edition stand that go with it. */
const ofEdition = [
  'deliveries',
  'edition_articles',
  'edition_files',
  'edition_letterheads',
  'edition_variants',
]

async function refuseSecond(query: Query, { id, articles }: Edition): Promise<void> {
  const { count } = await query({
    text: 'SELECT FROM tidings.editions WHERE id = $1',
    values: [asText(id)],
  })
  if (count > 0) {
    throw new Fault('conflict', `edition ${id} exists already: another sender was quicker`)
  }
  const { rows } = await query({
    text: `
      SELECT a.article, e.id FROM tidings.edition_articles a
      JOIN tidings.editions e ON e.number = a.edition WHERE a.article = ANY ($1) LIMIT 1`,
    values: [articles],
  })
  for (const { article, id: earlier } of rows) {
    throw new Fault(
      'conflict',
      `article ${article} belongs to edition ${earlier} already: another sender was quicker; run this again`,
    )
  }
}

export async function findEdition(query: Query, id: EditionId): Promise<Edition | undefined> {
  const { rows } = await query({
    text: `${select} WHERE e.id = $1 AND e.taken_back_at IS NULL`,
    values: [asText(id)],
  })
  return rows[0] && toEdition(rows[0])
}

export async function editionIds(query: Query): Promise<readonly EditionId[]> {
  const { rows } = await query({ text: 'SELECT id FROM tidings.editions' })
  return rows.map(({ id }) => String(id))
}

export async function allEditions(query: Query): Promise<readonly Edition[]> {
  const { rows } = await query({
    text: `${select} WHERE e.taken_back_at IS NULL ORDER BY e.created_at DESC, e.number DESC`,
  })
  return rows.map(toEdition)
}

export async function unfinishedEditions(query: Query): Promise<readonly Edition[]> {
  const { rows } = await query({
    text: `${select} WHERE ${isUnfinished} ORDER BY e.created_at, e.number`,
  })
  return rows.map(toEdition)
}

export async function uncertainEditions(query: Query): Promise<readonly Edition[]> {
  const { rows } = await query({
    text: `
      ${select} WHERE EXISTS (
        SELECT FROM tidings.deliveries WHERE edition = e.number AND is_uncertain)
      ORDER BY e.created_at, e.number`,
  })
  return rows.map(toEdition)
}

export async function filesOf(query: Query, id: EditionId): Promise<readonly EditionFile[]> {
  const { rows } = await query({
    text: `
      SELECT f.path, f.contents FROM tidings.edition_files f
      JOIN tidings.editions e ON e.number = f.edition WHERE e.id = $1 ORDER BY f.path`,
    values: [asText(id)],
  })
  return rows.map(toFile)
}

export async function contentsOfAll(query: Query): Promise<readonly EditionFile[]> {
  const { rows } = await query({
    text: `
      SELECT f.path, f.contents FROM tidings.edition_files f
      JOIN tidings.editions e ON e.number = f.edition
      WHERE f.path = 'editions/' || e.id || '/edition.json'
      ORDER BY e.created_at DESC, e.number DESC`,
  })
  return rows.map(toFile)
}

export async function variantsOf(query: Query, id: EditionId): Promise<readonly RenderedEdition[]> {
  const { rows } = await query({
    text: `
      SELECT v.language, v.topics, v.subject, v.html, v.text FROM tidings.edition_variants v
      JOIN tidings.editions e ON e.number = v.edition WHERE e.id = $1 ORDER BY v.position`,
    values: [asText(id)],
  })
  return rows.map(toVariant)
}

/** Expects to run inside a transaction. */
export async function useLetterhead(
  query: Query,
  id: EditionId,
  content: string,
  now: Date,
): Promise<void> {
  await query({
    text: `
      INSERT INTO tidings.edition_letterheads (edition, since, content)
      SELECT e.number, $2::timestamptz, $3::text FROM tidings.editions e
      WHERE e.id = $1 AND $3::text IS DISTINCT FROM (
        SELECT content FROM tidings.edition_letterheads WHERE edition = e.number ORDER BY since DESC LIMIT 1)
      ON CONFLICT (edition, since) DO UPDATE SET content = excluded.content`,
    values: [asText(id), now, asText(content)],
  })
}

export async function letterheadsOf(
  query: Query,
  id: EditionId,
): Promise<readonly UsedLetterhead[]> {
  const { rows } = await query({
    text: `
      SELECT l.since, l.content FROM tidings.edition_letterheads l
      JOIN tidings.editions e ON e.number = l.edition WHERE e.id = $1 ORDER BY l.since DESC`,
    values: [asText(id)],
  })
  return rows.map(toLetterhead)
}

export async function sentArticles(query: Query): Promise<ReadonlySet<ArticleId>> {
  const { rows } = await query({ text: 'SELECT article FROM tidings.edition_articles' })
  return new Set(rows.map(({ article }) => String(article)))
}
