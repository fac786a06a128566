import type { ProcessInfo } from '../../platform/index.ts'
import { type Conf, given } from '../settings.ts'

/** How Google Cloud Storage is reached, by the Hadoop connector's settings and the environment. */
export interface GcsSettings {
  readonly endpoint?: string
  readonly project?: string
  /** Absent: what the client finds by itself (GOOGLE_APPLICATION_CREDENTIALS, the machine's account). */
  readonly keyFile?: string
}

const FILE_KEYS = ['fs.gs.auth.service.account.json.keyfile', 'google.cloud.auth.service.account.json.keyfile']

export function gcsSettings(conf: Conf, env: ProcessInfo['env']): GcsSettings {
  const root = given(conf('fs.gs.storage.root.url')) ?? given(env('STORAGE_EMULATOR_HOST'))
  const endpoint = root === undefined ? undefined : (/^https?:\/\//i.test(root) ? root : `http://${root}`).replace(/\/+$/, '')
  const project = given(conf('fs.gs.project.id')) ?? given(env('GOOGLE_CLOUD_PROJECT'))
  const keyFile = FILE_KEYS.map(key => given(conf(key))).find(file => file !== undefined)
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(project !== undefined && { project }),
    ...(keyFile !== undefined && { keyFile }),
  }
}
