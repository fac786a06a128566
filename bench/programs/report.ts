/** The last line every program prints. */
export function report(numbers: Readonly<Record<string, number>>): void {
  const cpu = process.cpuUsage()
  console.log(JSON.stringify({ ...numbers, rssMB: process.resourceUsage().maxRSS / 1024, cpuTotalMs: (cpu.user + cpu.system) / 1000 }))
}
