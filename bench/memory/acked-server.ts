import { pino } from "pino";
import { startServer } from "../../src/server.js";
import { ackedConfig } from "../support/acked-config.js";
import { answerQuestions } from "../support/contender-process.js";
import { reportMemory } from "./memory-report.js";

// Acked as it is served, which also reports its memory.

const config = ackedConfig();
const { url } = await startServer(config, pino({ level: "silent" }));
answerQuestions(await reportMemory(Number(new URL(url).port)));
