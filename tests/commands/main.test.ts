import { describe, expect, it } from 'vitest'
import { folderOf, newPublication, start, tidings } from './cli.ts'

describe('the command line', () => {
  it('lists its commands, and each command its options', async () => {
    const all = await tidings(['--help'])
    expect(all.status).toBe(0)
    for (const name of ['init', 'build', 'send', 'publish', 'status', 'subscribers', 'import']) {
      expect(all.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'))
    }
    const send = await tidings(['send', '--help'])
    expect(send.status).toBe(0)
    expect(send.stdout).toContain('--dry-run')
    expect(send.stdout).toContain('--now ISO-8601')
  })

  it('says its version', async () => {
    expect((await tidings(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each([
    [[], 'Usage: tidings'],
    [['buld'], 'buld: no such command'],
    [['build', '--wach'], "see 'tidings build --help'"],
    [['build', '-C', '/nowhere/at/all'], 'no such folder'],
    [['build', '--now', '2026-13-01'], 'write it as 2026-11-23T08:00:00Z'],
    [['build', '--now', '2026-02-31'], 'not an instant'],
    [['send', '--limit', 'few'], '--limit few'],
    [['subscribers', 'ad'], 'say one of add'],
    [['resolve', '2026-01-01'], '--resend or --skip'],
    [['send', 'dry-run'], 'dry-run: one word too many'],
    [['subscribers', 'list', 'active'], 'active: one word too many'],
    [['init', 'a', 'b'], 'b: one word too many'],
  ])('ends %j with 2 and the remedy', async (args, remedy) => {
    const { status, stdout, stderr } = await tidings(args)
    expect(status).toBe(2)
    expect(stdout + stderr).toContain(remedy)
    expect(stderr).not.toContain('    at ')
  })

  it('answers a folder without a configuration with the remedy', async () => {
    const { status, stderr } = await tidings(['build', '-C', await folderOf({})])
    expect(status).toBe(2)
    expect(stderr).toContain("run 'tidings init'")
  })

  it('says what went wrong in JSON to whoever asked for JSON', async () => {
    const { status, stdout, stderr } = await tidings(['send', '--json', '-C', await folderOf({})])
    expect(status).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'config-invalid' } })
    expect(stderr).toContain("run 'tidings init'")
    expect((await tidings(['--json'])).stdout).toContain('"usage"')
  })

  it('does its work to the end though nobody reads what it says', async () => {
    const folder = await newPublication()
    const { child, ended } = start(['publish', '-C', folder])
    child.stdout?.destroy()
    child.stderr?.destroy()
    await ended
    const { stdout } = await tidings(['status', '--json', '-C', folder])
    expect(JSON.parse(stdout).editions[0]).toMatchObject({ submitted: 3 })
  })

  it('takes options before the command as well as after it', async () => {
    const folder = await newPublication()
    const { status, stdout } = await tidings(['-C', folder, '--json', 'build'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ articles: 1 })
  })

  it('says nothing under --quiet', async () => {
    const folder = await newPublication()
    const { status, stdout, stderr } = await tidings(['publish', '--quiet', '-C', folder])
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })
})
