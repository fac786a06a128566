import { spawn } from 'node:child_process'

/**
 * Runs a program with these arguments, without a shell, gives it `input` and waits for its end. What it prints goes nowhere.
 * @throws what the system says when it cannot be started; an Error with its exit code when that is not 0, or when it took too long
 */
export function runCommand([program = '', ...args]: readonly string[], input: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], timeout: timeoutMs, killSignal: 'SIGKILL' })
    child.on('error', reject)
    // A program that does not read is told nothing more.
    child.stdin.on('error', () => undefined)
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(signal ? `it was ended by ${signal}` : `it ended with ${code}`)),
    )
    child.stdin.end(input)
  })
}
