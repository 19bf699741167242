import { pino } from "pino";
import { readConfig } from "../../src/config/config.js";
import { startServer } from "../../src/server.js";
import { answerQuestions } from "../support/contender-process.js";
import { reportOnServer } from "./server-report.js";

// Acked as it is served, which also reports its memory and the stalls of its event loop.

const config = readConfig({ ...process.env, PORT: "0", LOG_LEVEL: "silent" });
const { url } = await startServer(config, pino({ level: "silent" }));
answerQuestions(await reportOnServer(Number(new URL(url).port)));
