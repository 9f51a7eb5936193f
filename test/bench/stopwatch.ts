// Time on a machine that others use too.

/** Seconds of CPU time of this thread so far; the system counts it in ticks of some milliseconds. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1e6
}

/**
 * Seconds that `run` takes, measured for about `total` seconds: the fastest by the clock or, where this thread does all the work and ran long enough
 * for the ticks, the mean CPU time if that is less.
 */
export function fastest(run: () => void, total: number, threads: number): number {
  let least = Infinity
  let runs = 0
  const [begin, cpuBegin] = [performance.now(), cpu()]
  while (performance.now() - begin < total * 1000 || runs < 5) {
    const start = performance.now()
    run()
    least = Math.min(least, (performance.now() - start) / 1000)
    runs++
  }
  const used = cpu() - cpuBegin
  return threads === 1 && used > 0.2 ? Math.min(least, used / runs) : least
}
