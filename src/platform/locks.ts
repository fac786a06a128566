/** Names that one living process of this machine can hold at a time; the operating system lets go of them when it dies. */
export interface Locks {
  /** `note` is what a later taker is told about the holder. */
  take(name: string, note: string): Promise<Lock>
}
export type Lock = { readonly kind: 'taken'; release(): Promise<void> } | { readonly kind: 'held'; readonly note: string }
