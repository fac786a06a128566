import { MillraceError } from '../../errors/index.ts'
import type { Answer } from '../web/client.ts'
import type { JsonPath } from '../web/json-path.ts'
import { scalarText } from './exact-json.ts'

/** What a page is asked by, as the log keeps it: no secret is in it. Absent = the first page. */
export type NextPage = { readonly url: string } | { readonly parameter: string; readonly value: string }

/** A page that came. */
export interface Page {
  readonly request: URL
  readonly headers: Answer['headers']
  /** The parsed answer, where it is JSON. */
  readonly json: unknown
  readonly rowCount: number
  /** Its number, counted from the first page of the poll. */
  readonly at: number
}

/** Where the next page is; undefined = this was the last. */
export type Pagination = (page: Page) => NextPage | undefined

/** A parameter that the address itself brings is put in again when it is needed: it may be a key. */
function stored(next: URL, base: URL): NextPage {
  const url = new URL(next)
  for (const [name, value] of base.searchParams) if (url.searchParams.get(name) === value) url.searchParams.delete(name)
  return { url: url.href }
}

/** The request of a page. `base`: the address with all parameters that every page has. */
export function requestOf(base: URL, next: NextPage | undefined): URL {
  if (!next) return base
  if ('url' in next) {
    const url = new URL(next.url)
    for (const [name, value] of base.searchParams) if (!url.searchParams.has(name)) url.searchParams.set(name, value)
    return url
  }
  const url = new URL(base)
  url.searchParams.set(next.parameter, next.value)
  return url
}

/** `<https://…?page=2>; rel="next"`, among others. */
function nextLink(header: string | undefined): string | undefined {
  for (const link of header?.matchAll(/<([^>]*)>([^,<]*(?:"[^"]*"[^,<]*)*)/g) ?? []) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(link[2]!)) return link[1]
  }
  return undefined
}

/** Credentials go to the server that was named, and to no other. */
function follow(text: string, { request }: Page, base: URL): NextPage {
  if (!URL.canParse(text, request.href)) throw unreadable(request, `the next page is no URL`)
  const next = new URL(text, request)
  if (next.origin !== base.origin) {
    throw new MillraceError('HTTP_ELSEWHERE', { url: `${base.origin}${base.pathname}`, to: next.origin, how: 'names a next page on' })
  }
  return stored(next, base)
}

export const unreadable = (request: URL, why: string): MillraceError =>
  new MillraceError('HTTP_ANSWER_UNREADABLE', { url: `${request.origin}${request.pathname}`, why })

const valueAt = (path: JsonPath, json: unknown): string | undefined => {
  const value = scalarText(path(json).find(v => v !== null))
  return value === '' || value === 'false' ? undefined : value
}

export const paginations = {
  none: (): Pagination => () => undefined,
  link:
    (base: URL): Pagination =>
    page => {
      const link = nextLink(page.headers['link'])
      return link === undefined ? undefined : follow(link, page, base)
    },
  next:
    (base: URL, path: JsonPath): Pagination =>
    page => {
      const next = valueAt(path, page.json)
      return next === undefined ? undefined : follow(next, page, base)
    },
  cursor:
    (path: JsonPath, parameter: string): Pagination =>
    page => {
      const value = valueAt(path, page.json)
      return value === undefined ? undefined : { parameter, value }
    },
  page:
    (first: number, parameter: string): Pagination =>
    page =>
      page.rowCount === 0 ? undefined : { parameter, value: String(first + page.at + 1) },
}
