import { readFileSync } from 'node:fs'

/** Linux counts what the parent held before `exec` into `maxRSS`; the peak of this program alone stands in /proc. */
function peakMB(): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}

/** The last line every program prints. */
export function report(numbers: Readonly<Record<string, number>>): void {
  const cpu = process.cpuUsage()
  console.log(JSON.stringify({ ...numbers, rssMB: peakMB(), cpuTotalMs: (cpu.user + cpu.system) / 1000 }))
}
