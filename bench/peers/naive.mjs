// What one writes in an afternoon: read everything, sort, render what stands in a feed, three formats.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Feed } from 'feed'
import matter from 'gray-matter'
import { marked } from 'marked'

const [content, out] = process.argv.slice(2)
const articles = readdirSync(content)
  .filter((name) => name.endsWith('.md'))
  .map((name) => {
    const { data, content: body } = matter(readFileSync(`${content}/${name}`, 'utf8'))
    return { ...data, slug: name.slice(0, -3), date: new Date(data.date), body }
  })
  .sort((a, b) => b.date - a.date)
const html = new Map()
const render = (article) => {
  if (!html.has(article)) html.set(article, marked.parse(article.body))
  return html.get(article)
}
const write = (folder, title, list) => {
  const feed = new Feed({
    title,
    id: 'https://example.org/',
    link: 'https://example.org/',
    description: title,
    updated: list[0]?.date,
  })
  for (const article of list.slice(0, 20)) {
    const link = `https://example.org/${article.slug}/`
    feed.addItem({
      title: article.title,
      id: link,
      link,
      date: article.date,
      content: render(article),
      author: [{ name: article.author }],
      category: article.tags.map((name) => ({ name })),
    })
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/rss.xml`, feed.rss2())
  writeFileSync(`${folder}/atom.xml`, feed.atom1())
  writeFileSync(`${folder}/feed.json`, feed.json1())
}
write(out, 'Site', articles)
for (const tag of new Set(articles.flatMap(({ tags }) => tags))) {
  write(
    `${out}/tags/${tag}`,
    tag,
    articles.filter(({ tags }) => tags.includes(tag)),
  )
}
