import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command } from './command.ts'
import { installed } from './install.ts'
import { JAVA_HINT } from './java.ts'

/** Their folder in the cache. */
export const STORES = 'certificates-1'
/** The password of every store. */
export const STORE_PASSWORD = 'changeit'

/** Certificates of one test authority, valid for 127.0.0.1 and localhost, in every form that clients read. All are file paths. */
export interface Stores {
  readonly caPem: string
  readonly truststoreJks: string
  readonly truststoreP12: string
  readonly serverJks: string
  readonly clientJks: string
  readonly clientP12: string
  /** Private key and certificates in one file, as Java's PEM key store wants it. */
  readonly clientPem: string
  readonly clientKey: string
  readonly clientCertificate: string
}

export const OPENSSL_HINT = 'install openssl (Debian: apt-get install openssl)'
const OPENSSL = { hint: OPENSSL_HINT }
const JAVA = { hint: JAVA_HINT }

/** The stores, made once for this machine. */
export async function stores(): Promise<Stores> {
  const directory = await installed(STORES, make)
  const at = (name: string) => join(directory, name)
  return {
    caPem: at('ca.pem'),
    truststoreJks: at('truststore.jks'),
    truststoreP12: at('truststore.p12'),
    serverJks: at('server.jks'),
    clientJks: at('client.jks'),
    clientP12: at('client.p12'),
    clientPem: at('client.pem'),
    clientKey: at('client.key'),
    clientCertificate: at('client.crt'),
  }
}

async function make(directory: string): Promise<void> {
  await chmod(directory, 0o700)
  const openssl = (...args: string[]) => command('openssl', args, { cwd: directory, ...OPENSSL })
  const usage = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '3650',
    '-subj',
    '/CN=Millrace test authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    ...usage,
  )
  await writeFile(join(directory, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n')
  for (const name of ['server', 'client']) {
    await openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '3650', '-extfile', 'names']
    await openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, ...signed)
    const pass = `pass:${STORE_PASSWORD}`
    await openssl(
      'pkcs12',
      '-export',
      '-in',
      `${name}.crt`,
      '-inkey',
      `${name}.key`,
      '-certfile',
      'ca.pem',
      '-name',
      name,
      '-passout',
      pass,
      '-out',
      `${name}.p12`,
    )
    await jks(directory, name)
  }
  for (const [type, file] of [
    ['JKS', 'truststore.jks'],
    ['PKCS12', 'truststore.p12'],
  ] as const)
    await trust(directory, type, file)
  const [key, certificate, ca] = await Promise.all(
    ['client.key', 'client.crt', 'ca.pem'].map(name => readFile(join(directory, name), 'utf8')),
  )
  await writeFile(join(directory, 'client.pem'), `${key}${certificate}${ca}`)
}

const jks = (directory: string, name: string) =>
  command(
    'keytool',
    [
      '-importkeystore',
      '-noprompt',
      '-srckeystore',
      `${name}.p12`,
      '-srcstoretype',
      'PKCS12',
      '-srcstorepass',
      STORE_PASSWORD,
      '-destkeystore',
      `${name}.jks`,
      '-deststoretype',
      'JKS',
      '-deststorepass',
      STORE_PASSWORD,
    ],
    { cwd: directory, ...JAVA },
  )

/** The type must be said: keytool writes PKCS12 into a file of any name. */
const trust = (directory: string, type: string, file: string) =>
  command(
    'keytool',
    ['-importcert', '-noprompt', '-alias', 'ca', '-file', 'ca.pem', '-keystore', file, '-storetype', type, '-storepass', STORE_PASSWORD],
    { cwd: directory, ...JAVA },
  )
