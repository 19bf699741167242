import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { Server } from "socket.io";
import { createAuthenticator } from "../../../src/auth/token.js";
import { answerQuestions } from "../../support/contender-process.js";
import { secret } from "../../support/tokens.js";
import { connectModels, Participant } from "./models.js";
import {
  mark,
  markUpTo,
  NotFoundError,
  type Broadcast,
  type Kind,
  type StatusEvent,
} from "./receipts.js";

// The peer in the manner most apps are written: Express, Sequelize, Socket.IO, a row for each message
// and recipient that is found and then written, and a broadcast to the conversation's room.

interface ClientEvents {
  join: (conversationId: string, done: (isMember: boolean) => void) => void;
  mark: (
    messageId: number,
    kind: Kind,
    done: (event: StatusEvent | null) => void,
  ) => void;
}
interface ServerEvents {
  status: (event: StatusEvent) => void;
}
interface SocketData {
  userId: string;
}

connectModels(process.env["DATABASE_URL"] ?? "");
const authenticate = createAuthenticator({
  keys: { kind: "secret", secret },
  issuer: null,
  audience: null,
});
const app = express();
const http = createServer(app);
const io = new Server<
  ClientEvents,
  ServerEvents,
  Record<string, never>,
  SocketData
>(http, { transports: ["websocket"] });

const broadcast: Broadcast = (conversationId, event) => {
  io.to(conversationId).emit("status", event);
};

io.use((socket, next) => {
  const { authorization } = socket.handshake.auth as { authorization?: string };
  authenticate(authorization).then(
    ({ viewer }) => {
      socket.data.userId = viewer.userId;
      next();
    },
    (error: unknown) => next(new Error("unauthorized", { cause: error })),
  );
});

io.on("connection", (socket) => {
  const { userId } = socket.data;
  socket.on("join", (conversationId, done) => {
    void Participant.findOne({ where: { conversationId, userId } }).then(
      async (participant) => {
        if (participant) await socket.join(conversationId);
        done(participant !== null);
      },
    );
  });
  socket.on("mark", (messageId, kind, done) => {
    mark(userId, messageId, kind, broadcast).then(done, () => done(null));
  });
});

app.use(express.json());
app.use(async (request, response, next) => {
  const identity = await authenticate(request.headers.authorization);
  response.locals["userId"] = identity.viewer.userId;
  next();
});
app.post("/messages/:id/:kind", async (request, response) => {
  const { id, kind } = request.params;
  if (kind !== "delivered" && kind !== "read") throw new NotFoundError();
  const userId = String(response.locals["userId"]);
  response.json(await mark(userId, Number(id), kind, broadcast));
});
app.post("/conversations/:id/read", async (request, response) => {
  const { upToMessageId } = request.body as { upToMessageId: number };
  const userId = String(response.locals["userId"]);
  const { id } = request.params;
  const count = await markUpTo(userId, id, upToMessageId, broadcast);
  response.json({ count });
});

http.listen(0, "127.0.0.1", () =>
  answerQuestions((http.address() as AddressInfo).port),
);
