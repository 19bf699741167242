import { BlockList, isIP } from "node:net";

const shared = new BlockList();
for (const [net, prefix] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
  ["100.64.0.0", 10],
] as const)
  shared.addSubnet(net, prefix, "ipv4");
shared.addAddress("::1", "ipv6");
shared.addSubnet("fc00::", 7, "ipv6");
shared.addSubnet("fe80::", 10, "ipv6");

/** Whether many clients may stand behind an address: loopback, private and carriers' addresses, and none that is known. */
export function isOfMany(address: string): boolean {
  const family = isIP(address);
  return family === 0 || shared.check(address, family === 6 ? "ipv6" : "ipv4");
}
