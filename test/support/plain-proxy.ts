import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** A proxy between clients and a server that passes plain HTTP on, and refuses every upgrade. */
export interface PlainProxy {
  readonly url: string;
  /** How many upgrades were refused. */
  readonly upgrades: number;
  close(): Promise<void>;
}

/** Opens a proxy to `target`, a URL. */
export async function openPlainProxy(target: string): Promise<PlainProxy> {
  let upgrades = 0;
  const proxy = createServer((asked, answer) => {
    const passedOn = request(
      new URL(asked.url ?? "/", target),
      { method: asked.method, headers: asked.headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
        response.on("error", () => answer.destroy());
      },
    );
    passedOn.on("error", () => answer.destroy());
    answer.on("close", () => passedOn.destroy());
    asked.pipe(passedOn);
  });
  proxy.on("upgrade", (_, socket) => {
    upgrades++;
    socket.end("HTTP/1.1 426 Upgrade Refused\r\nContent-Length: 0\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    get upgrades() {
      return upgrades;
    },
    async close() {
      proxy.close();
      proxy.closeAllConnections();
      await once(proxy, "close");
    },
  };
}
