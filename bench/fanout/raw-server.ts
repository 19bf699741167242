import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { answerQuestions } from "../support/contender-process.js";

// The floor: for each number that a client sends, the server writes as many bytes to every socket.

const server = createServer();
const wss = new WebSocketServer({ server, perMessageDeflate: false });
wss.on("connection", (socket) =>
  socket.on("message", (count: Buffer) => {
    const frame = Buffer.alloc(Number(count.toString()), "x");
    for (const client of wss.clients) client.send(frame, { binary: false });
  }),
);
server.listen(0, "127.0.0.1", () =>
  answerQuestions((server.address() as AddressInfo).port),
);
