import { pino } from "pino";
import { readConfig } from "../../src/config/config.js";
import { startServer } from "../../src/server.js";
import { answerQuestions } from "./contender-process.js";

// Acked as it is served, on a database that it is given.

const config = readConfig({ ...process.env, PORT: "0", LOG_LEVEL: "silent" });
const server = await startServer(config, pino({ level: "silent" }));
answerQuestions(Number(new URL(server.url).port));
