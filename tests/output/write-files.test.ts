import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { removeOthers, writeFiles } from '../../src/output/write-files.ts'

const newFolder = () => mkdtemp(join(tmpdir(), 'tidings-output-'))

describe('writeFiles', () => {
  it('makes the folders it needs and leaves no draft behind', async () => {
    const root = await newFolder()
    await writeFiles(root, [{ path: 'tags/a/rss.xml', contents: 'one' }])
    expect(await readdir(join(root, 'tags/a'))).toEqual(['rss.xml'])
    expect(await readFile(join(root, 'tags/a/rss.xml'), 'utf8')).toBe('one')
  })

  it('leaves a file alone that has these bytes already', async () => {
    const root = await newFolder()
    await writeFiles(root, [{ path: 'rss.xml', contents: 'one' }])
    const long = new Date('2001-01-01T00:00:00Z')
    await utimes(join(root, 'rss.xml'), long, long)
    const files = [
      { path: 'rss.xml', contents: 'one' },
      { path: 'atom.xml', contents: 'two' },
    ]
    expect(await writeFiles(root, files)).toEqual({ written: 1, unchanged: 1 })
    expect((await stat(join(root, 'rss.xml'))).mtime).toEqual(long)
  })

  it('gives changed bytes a time that is later by a second, however fast it is called', async () => {
    const root = await newFolder()
    const secondsOf = async () => Math.floor((await stat(join(root, 'rss.xml'))).mtimeMs / 1000)
    let last = 0
    for (const contents of ['one', 'two', 'three', 'one']) {
      await writeFiles(root, [{ path: 'rss.xml', contents }])
      const next = await secondsOf()
      expect(next).toBeGreaterThan(last)
      last = next
    }
  })

  it('does not follow a clock that was wrong once', async () => {
    const root = await newFolder()
    await writeFiles(root, [{ path: 'rss.xml', contents: 'one' }])
    const future = new Date('2096-01-01T00:00:00Z')
    await utimes(join(root, 'rss.xml'), future, future)
    await writeFiles(root, [{ path: 'rss.xml', contents: 'two' }])
    expect((await stat(join(root, 'rss.xml'))).mtime.getTime()).toBeLessThan(future.getTime())
  })

  it('says what cannot be written', async () => {
    const root = await newFolder()
    await writeFile(join(root, 'tags'), 'a file where a folder should be')
    await expect(writeFiles(root, [{ path: 'tags/rss.xml', contents: '' }])).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('tags/rss.xml: cannot be written'),
    })
  })
})

describe('removeOthers', () => {
  it('deletes what this build did not make, in the named folders only', async () => {
    const root = await newFolder()
    await mkdir(join(root, 'editions'))
    await writeFiles(
      root,
      ['tags/old/rss.xml', 'tags/new/rss.xml', 'editions/x.html'].map((path) => ({
        path,
        contents: '',
      })),
    )
    expect(await removeOthers(root, ['tags', 'authors'], new Set(['tags/new/rss.xml']))).toBe(1)
    expect(await readdir(join(root, 'tags'))).toEqual(['new'])
    expect(await readdir(join(root, 'editions'))).toEqual(['x.html'])
  })

  it('deletes nothing behind a link', async () => {
    const [root, precious] = [await newFolder(), await newFolder()]
    await writeFiles(precious, [{ path: 'deed.xml', contents: '' }])
    await symlink(precious, join(root, 'tags'))
    await mkdir(join(root, 'authors'))
    await symlink(precious, join(root, 'authors/ann'))
    await removeOthers(root, ['tags', 'authors'], new Set())
    expect(await readdir(precious)).toEqual(['deed.xml'])
  })
})
