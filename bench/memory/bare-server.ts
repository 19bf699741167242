import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { answerQuestions } from "../support/contender-process.js";
import { reportMemory } from "./memory-report.js";

// The floor: sockets that are open, and nothing else.

const server = createServer();
new WebSocketServer({ server, perMessageDeflate: false });
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
answerQuestions(await reportMemory((server.address() as AddressInfo).port));
