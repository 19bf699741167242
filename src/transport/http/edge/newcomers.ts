import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import proxyAddr from "@fastify/proxy-addr";
import ipaddr from "ipaddr.js";

/** Whether an address is that of a proxy whose word is taken. */
type IsTrusted = (address: string, hop: number) => boolean;

/** Groups of an IPv6 address that one household or server has to itself. */
const ownGroups = 4;

/** Ranges of addresses that are never a stranger's own: somebody of the same network, or a proxy. */
const innerRanges = new Set([
  ...["loopback", "private", "linkLocal", "uniqueLocal"],
  "carrierGradeNat",
]);

/**
 * The connections that have shown no good token yet, counted by address. IPv6 addresses count by their
 * /64. A connection stops counting when a token on it was good, or when it is closed.
 *
 * Without trusted proxies, inner addresses are not counted: behind a proxy everybody would have its
 * address, and one stranger could turn all others away.
 */
export class Newcomers {
  private readonly limit: number;
  private readonly isTrusted: IsTrusted;
  private readonly hasProxies: boolean;
  private readonly counts = new Map<string, number>();
  private readonly settling = new WeakMap<Duplex, () => void>();

  /** @param proxies addresses and ranges of trusted proxies */
  constructor(limit: number, proxies: readonly string[]) {
    this.limit = limit;
    this.hasProxies = proxies.length > 0;
    this.isTrusted = proxyAddr.compile([...proxies]);
  }

  /**
   * Counts a new connection by the address of its peer. A trusted proxy's connection is not counted: it
   * carries requests of many.
   * @returns false, and counts nothing, where the address has too many
   */
  arrive(stream: Socket): boolean {
    const { remoteAddress } = stream;
    if (remoteAddress === undefined || this.isTrusted(remoteAddress, 0))
      return true;
    return this.count(stream, remoteAddress);
  }

  /** Counts a connection that becomes a socket, where it came through a trusted proxy. */
  becomeSocket(request: IncomingMessage, stream: Duplex): boolean {
    if (this.settling.has(stream)) return true;
    return this.count(stream, proxyAddr(request, this.isTrusted));
  }

  /** Counts a connection no longer: a token on it was good. */
  settle(stream: Duplex): void {
    this.settling.get(stream)?.();
  }

  private count(stream: Duplex, address: string): boolean {
    const place = this.placeOf(address);
    if (place === null) return true;
    const count = (this.counts.get(place) ?? 0) + 1;
    if (count > this.limit) return false;
    this.counts.set(place, count);
    const settle = () => {
      stream.off("close", settle);
      this.settling.delete(stream);
      const left = (this.counts.get(place) ?? 1) - 1;
      if (left > 0) this.counts.set(place, left);
      else this.counts.delete(place);
    };
    this.settling.set(stream, settle);
    stream.once("close", settle);
    return true;
  }

  /** What an address is counted as; null where it is not counted. */
  private placeOf(address: string): string | null {
    if (!ipaddr.isValid(address)) return "unknown";
    const parsed = ipaddr.process(address);
    if (!this.hasProxies && innerRanges.has(parsed.range())) return null;
    return "parts" in parsed
      ? parsed.parts.slice(0, ownGroups).join(":")
      : parsed.toString();
  }
}
