import type { Reader, Writer } from '@platformatic/kafka'
import type { ApiCall } from '../client/contract.ts'
import type { KafkaLibrary } from '../client/library.ts'

/** Makes calls in the library's wire types; flexible versions only, so that strings and arrays are compact and structures end in tags. */
export class Wire {
  readonly #library: Pick<KafkaLibrary, 'Writer'>

  constructor(library: Pick<KafkaLibrary, 'Writer'>) {
    this.#library = library
  }

  call<T>(
    api: { readonly key: number; readonly version: number; readonly name: string },
    write: (w: Writer) => void,
    read: (r: Reader) => T,
  ): ApiCall<T> {
    return {
      ...api,
      write: () => {
        const writer = this.#library.Writer.create()
        write(writer)
        return writer.appendTaggedFields()
      },
      read: (_correlation, _key, _version, reader) => {
        const answer = read(reader as Reader)
        ;(reader as Reader).readTaggedFields()
        return answer
      },
      requestTagged: true,
      responseTagged: true,
    }
  }
}
export type { Reader, Writer }
