import { defineConfig } from './src/index.ts'

// The sample publication that `npm start` runs on. Every key is explained in docs/configuration.md.
export default defineConfig({
  publication: {
    title: 'The Tidings Sampler',
    description: 'A small paper about publishing: feeds that work and newsletters that arrive.',
    url: 'https://example.org/',
    language: 'en',
    timezone: 'Europe/Madrid',
    author: { name: 'The Tidings Desk', email: 'desk@example.org', url: 'https://example.org/' },
    copyright: '© The Tidings Sampler, CC BY 4.0',
  },
  feeds: { per: ['tag', 'author', 'section'] },
  newsletter: {
    name: 'The Tidings Letter',
    from: 'The Tidings Sampler <news@example.org>',
    replyTo: 'desk@example.org',
    listId: 'news.example.org',
    postalAddress: 'The Tidings Sampler, 1 Harbour Street, 28000 Madrid, Spain',
    subscribers: 'content/subscribers.csv',
  },
  mail: { transport: 'maildir:out/outbox' },
  store: 'sqlite:.tidings/tidings.db',
  server: { url: 'https://news.example.org/' },
})
