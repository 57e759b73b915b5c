import type { Config } from '../config.ts'
import { Fault } from '../model/fault.ts'
import type { Store } from '../store/store.ts'
import type { Secrets } from '../subscribers/signed-token.ts'

/**
 * What signs the tokens of pages and mails, and what else verifies them: `server.secret`, or the one that the store
 * keeps; then the former ones, and that of the store, with which links may have been signed before there was one.
 *
 * @throws {Fault} 'config-invalid' when the environment lacks the secret that the configuration names
 */
export async function serverSecrets(
  { file, server: { secret, formerSecrets } }: Pick<Config, 'file' | 'server'>,
  { secrets }: Pick<Store, 'secrets'>,
): Promise<Secrets> {
  if (secret?.startsWith('env:')) {
    const name = secret.slice('env:'.length)
    throw new Fault(
      'config-invalid',
      `${file}: server.secret: the environment variable ${name} is not set`,
    )
  }
  const kept = await secrets.kept('server')
  return secret === undefined ? [kept, ...formerSecrets] : [secret, ...formerSecrets, kept]
}
