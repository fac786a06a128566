import { MillraceError } from '../../errors/index.ts'
import type { Answer } from '../web/client.ts'
import type { JsonPath } from '../web/json-path.ts'
import { scalarText } from './exact-json.ts'

/** What a page is asked by, as the log keeps it: no secret is in it. Absent = the first page. */
export type NextPage = { readonly url: string; readonly with?: readonly string[] } | { readonly parameter: string; readonly value: string }

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

/** What the address itself brings may be a key: it is left out by name, and put in again when the page is asked for. */
function stored(next: URL, base: URL): NextPage {
  const url = new URL(next)
  const names = [...new Set(base.searchParams.keys())].filter(name => base.searchParams.get(name) === next.searchParams.get(name))
  for (const name of names) url.searchParams.delete(name)
  return { url: url.href, ...(names.length > 0 && { with: names }) }
}

/** The request of a page. `base`: the address with all parameters that the first page has. */
export function requestOf(base: URL, next: NextPage | undefined): URL {
  if (!next) return base
  const url = new URL('url' in next ? next.url : base)
  if ('url' in next) for (const name of next.with ?? []) url.searchParams.set(name, base.searchParams.get(name)!)
  else url.searchParams.set(next.parameter, next.value)
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
