import { pino } from "pino";
import { startServer } from "../../src/server.js";
import { ackedConfig } from "../support/acked-config.js";
import { answerQuestions } from "../support/contender-process.js";
import { reportOnServer } from "./server-report.js";

// Acked as it is served, which also reports its memory and the stalls of its event loop.

const config = ackedConfig();
const { url } = await startServer(config, pino({ level: "silent" }));
answerQuestions(await reportOnServer(Number(new URL(url).port)));
