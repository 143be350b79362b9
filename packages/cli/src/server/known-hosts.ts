import { isIP, isIPv4 } from 'node:net'

const hostPattern = /^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]\\]+?)\.?(?::\d*)?$/i

/**
 * Which names a request may call the service by.
 *
 * A web page can have its own name resolve to this machine and then send what it likes (DNS
 * rebinding), but its requests carry that name. So a name must be known: loopback, the address
 * that the service listens on, or one of `allowedHosts` (`'*'` for any). Once the service listens
 * beyond loopback, an IP address is fine too, since nobody can rebind it.
 */
export function knownHosts(
  boundHost: string,
  allowedHosts: readonly string[],
): (hostHeader: string) => boolean {
  const known = new Set([
    'localhost',
    ...[boundHost, ...allowedHosts].map((host) => unbracketed(host.toLowerCase())),
  ])
  const any = known.has('*')
  const anyAddress = !isLoopback(boundHost)
  // Nearly all requests say the same.
  let lastKnown: string | undefined
  return (hostHeader) => {
    if (any || hostHeader === lastKnown) return true
    if (!isKnown(hostHeader)) return false
    lastKnown = hostHeader
    return true
  }

  function isKnown(hostHeader: string): boolean {
    const name = hostPattern.exec(hostHeader)?.[1]?.toLowerCase()
    if (name === undefined) return false
    const host = unbracketed(name)
    return known.has(host) || isLoopback(host) || (anyAddress && isIP(host) !== 0)
  }
}

/** Whether only this machine can reach it. */
export function isLoopback(host: string): boolean {
  const name = unbracketed(host.toLowerCase())
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'))
}

/** An IPv6 address without the brackets that it has in a URL. */
export function unbracketed(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
