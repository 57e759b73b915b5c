import { takeEvents } from '../bounces/take-events.ts'
import type { Config } from '../config.ts'
import { httpsText } from '../http/fetch-text.ts'
import type { Webhooks } from '../http/webhooks/webhooks.ts'
import { Fault } from '../model/fault.ts'
import type { Store } from '../store/store.ts'

/**
 * What the site needs to hear mail providers, whose keys are configured.
 *
 * @throws {Fault} 'config-invalid' when the environment lacks a key that the configuration names
 */
export function webhooksOf(
  { file, server }: Config,
  store: Store,
): { readonly webhooks: Webhooks } {
  for (const [name, key] of Object.entries(server.webhooks)) {
    if (!String(key).startsWith('env:')) continue
    const variable = String(key).slice('env:'.length)
    throw new Fault(
      'config-invalid',
      `${file}: server.webhooks.${name}: the environment variable ${variable} is not set`,
    )
  }
  const { feedback } = store
  return {
    webhooks: {
      keys: server.webhooks,
      fetchText: httpsText(),
      take: (events, now) => takeEvents(store, events, now),
      isSpent: feedback.isSpent,
      spend: feedback.spend,
    },
  }
}
