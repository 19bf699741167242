import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Fairness } from "../../../fair/fairness.js";
import { AppError } from "../../../foundation/errors.js";
import { toClientError } from "../../../graphql/client-error.js";
import {
  operationLabel,
  outcomeOf,
  type OperationObserver,
} from "../../../graphql/operation-observer.js";
import type { StreamOperations } from "../../../graphql/stream-operation.js";
import type { Services } from "../../../services.js";
import { startBeats } from "../../lasting/beats.js";
import { leaveAll, type LeavingLimits } from "../../lasting/leaving.js";
import { openSubscription } from "../../lasting/open-subscription.js";
import { stay } from "../../lasting/stay.js";
import { SubscriptionShare } from "../../lasting/subscription-share.js";
import type { AnswerForm } from "../answer-form.js";
import type { Passed } from "../gate-hooks.js";
import type { HttpObserver } from "../http-observer.js";
import { gone, leaveTurn } from "../turns.js";
import { endings, streamFormats, type StreamFormat } from "./formats.js";
import { HttpStream } from "./http-stream.js";

/** The parts that HTTP streams work with. */
export interface HttpStreamDependencies {
  readonly services: Pick<Services, "hub">;
  readonly operations: StreamOperations;
  readonly fair: Fairness;
  /** How long a stream may be stuck before it is broken off. */
  readonly stuckMs: number;
  readonly observer: OperationObserver & Pick<HttpObserver, "onRequest">;
  readonly log: Logger;
}

/** The subscriptions of a node that go over HTTP, each as a response that goes on. */
export class HttpStreams {
  private readonly needs: HttpStreamDependencies;
  private readonly streams = new Set<HttpStream>();
  private readonly streamed = new WeakSet<FastifyRequest>();
  private readonly stopBeats: () => void;
  private isLeaving = false;

  constructor(needs: HttpStreamDependencies) {
    this.needs = needs;
    this.stopBeats = startBeats(this.streams, (stream) => stream.beat());
  }

  /** How many are open now. */
  get size(): number {
    return this.streams.size;
  }

  /** Whether a request was answered with a stream: its end says nothing of how long it took. */
  has(request: FastifyRequest): boolean {
    return this.streamed.has(request);
  }

  /**
   * Answers a subscription that has passed the gate with a stream. It counts among the user's sockets and
   * subscriptions, and ends with the request's token (R21).
   * @throws {AppError} before anything is sent: RATE_LIMITED where the user has too many, UNAVAILABLE where the
   * node stops
   */
  async serve(
    form: Exclude<AnswerForm, "json">,
    passed: Passed,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { viewer } = passed;
    const { fair } = this.needs;
    if (this.isLeaving)
      throw new AppError("UNAVAILABLE", "This node is stopping. Try again.");
    const tooFast = await fair.charge(viewer, "connections", 1);
    if (tooFast) throw tooFast;
    // From here on nothing waits until the end of the response is listened for.
    if (reply.raw.destroyed) throw gone();
    const share = SubscriptionShare.take(fair.shares, viewer);
    if (share instanceof AppError) throw share;
    const leave = stay(fair.shares, viewer, () =>
      stream.breakOff(endings.tokenExpired),
    );
    if (leave instanceof AppError) {
      share.release();
      throw leave;
    }
    const stream = this.begin(streamFormats[form], request, reply);
    reply.raw.once("close", () => {
      leave();
      this.streams.delete(stream);
    });
    await this.open(passed, share, stream, request.id);
    leaveTurn(request);
    this.needs.observer.onRequest("/graphql", 200, reply.elapsedTime);
  }

  /** Ends every stream: its client goes on elsewhere. */
  async close(limits: LeavingLimits): Promise<void> {
    this.isLeaving = true;
    await leaveAll(this.streams, limits);
    this.stopBeats();
  }

  private begin(
    format: StreamFormat,
    request: FastifyRequest,
    reply: FastifyReply,
  ): HttpStream {
    reply.header("content-type", format.contentType);
    // nginx would keep the events until it has a buffer full.
    reply.header("x-accel-buffering", "no");
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    this.streamed.add(request);
    const stream = new HttpStream(reply.raw, format, this.needs.stuckMs);
    this.streams.add(stream);
    return stream;
  }

  /** Opens the subscription. Its refusal is a result, and the end of the stream. */
  private async open(
    { viewer, admitted }: Passed,
    share: SubscriptionShare,
    stream: HttpStream,
    requestId: string,
  ): Promise<void> {
    const { services, operations, observer, log } = this.needs;
    const { known, operation } = admitted;
    const beganMs = performance.now();
    const errors: unknown[] = [];
    try {
      const end = await openSubscription(
        { hub: services.hub, operations },
        { admitted, viewer, share, sink: stream },
      );
      stream.whenOver(() => {
        end();
        share.release();
      });
    } catch (error) {
      share.release();
      errors.push(error);
      const refused = { errors: [toClientError(error, requestId, log)] };
      stream.send(Buffer.from(JSON.stringify(refused)));
      stream.complete();
    }
    observer.onOperation(
      operationLabel(known.document, operation.node),
      "http",
      outcomeOf(errors),
      performance.now() - beganMs,
    );
  }
}
