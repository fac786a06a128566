import { conditions } from '../condition.ts'

/** Conditions that belong to no single room. */
export const general = conditions({
  INTERNAL: {
    domain: 'internal',
    message: (p: { what: string }) => `this should not happen: ${p.what}`,
    hint: () => 'Please report it with the program that led here.',
  },
  NOT_SUPPORTED: {
    domain: 'user',
    message: (p: { what: string; why?: string }) => `${p.what} is not supported${p.why ? `: ${p.why}` : ''}`,
    hint: (p: { instead?: string }) => p.instead ?? 'Leave it out, or see docs/ for what is offered instead.',
  },
  INVALID_ARGUMENT: {
    domain: 'user',
    message: (p: { name: string; value: unknown; expected: string }) =>
      `"${p.name}" must be ${p.expected}, got ${JSON.stringify(p.value) ?? String(p.value)}`,
    hint: (p: { name: string; expected: string }) => `Give "${p.name}" ${p.expected}.`,
  },
  MISSING_DEPENDENCY: {
    domain: 'user',
    message: (p: { package: string; for: string }) => `${p.for} needs the package "${p.package}", which is not installed`,
    hint: (p: { package: string }) => `Run npm install ${p.package}.`,
  },
})
