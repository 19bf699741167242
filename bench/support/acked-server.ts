import { pino } from "pino";
import { startServer } from "../../src/server.js";
import { ackedConfig } from "./acked-config.js";
import { answerQuestions } from "./contender-process.js";

// Acked as it is served, on a database that it is given.

const config = ackedConfig();
const server = await startServer(config, pino({ level: "silent" }));
answerQuestions(Number(new URL(server.url).port));
