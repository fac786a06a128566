/** Gives a variable of the environment a value, unless it has one: for libraries that are told something in no other way. */
export function presetEnv(name: string, value: string): void {
  process.env[name] ??= value
}
