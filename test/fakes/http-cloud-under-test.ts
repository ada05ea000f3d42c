import type { JsonObject } from '../../shared/domain/json/json.ts';
import type { App } from '../../shared/operations/app.ts';
import type { Target } from '../../shared/targets/target.ts';
import type { Awaited, ContainerView, End, Fault, FaultKind, Operation, RunningFake } from './cloud-under-test.ts';
import type { Answer, HttpCloud, Recorded } from './http-cloud.ts';

/** A fake over HTTP whose containers start and end with its clock. */
export interface TickingCloud extends HttpCloud {
  /** Null: a container waits for ever. */
  startSeconds: number | null;
  graceSeconds: number;
  /** Does what time has brought since the last look. */
  settle(): void;
}

/** How the faults of the contract look on the wire of one cloud. */
export interface WireFaults {
  readonly answers: Partial<Record<FaultKind, Answer | 'reset'>>;
  /** The request that each operation is. */
  readonly requests: Record<Operation, string>;
}

/** What the drivers of fakes over HTTP share: times, faults, and that a violation fails the test. */
export abstract class HttpCloudUnderTest<Cloud extends TickingCloud> implements RunningFake {
  readonly cloud: Cloud;
  abstract readonly jobVariables: JsonObject;
  readonly #faults: WireFaults;

  constructor(cloud: Cloud, faults: WireFaults) {
    this.cloud = cloud;
    this.#faults = faults;
    this.startupSeconds = 20;
    this.stopSeconds = 5;
  }

  abstract target(app: App, awaited: Awaited): Target;
  abstract containers(): ContainerView[];
  abstract end(name: string, how: End): void;
  abstract print(name: string, lines: readonly string[]): void;

  get url(): string {
    return this.cloud.url;
  }

  get startupSeconds(): number {
    return this.cloud.startSeconds ?? Number.POSITIVE_INFINITY;
  }

  set startupSeconds(seconds: number) {
    this.cloud.startSeconds = Number.isFinite(seconds) ? seconds : null;
  }

  get stopSeconds(): number {
    return this.cloud.graceSeconds;
  }

  set stopSeconds(seconds: number) {
    this.cloud.graceSeconds = seconds;
  }

  fault({ on, do: kind, when = 'before', times = 1 }: Fault): boolean {
    const answer = this.#faults.answers[kind];
    if (!answer) return false;
    const only = this.meets(on);
    this.cloud.fault({ on: this.#faults.requests[on], when, times, do: answer, ...(only && { if: only }) });
    return true;
  }

  /** Which requests are meant where one request is several operations; null: all. */
  protected meets(_on: Operation): ((call: Recorded) => boolean) | null {
    return null;
  }

  async close(): Promise<void> {
    await this.cloud.close();
    if (this.cloud.violations.length > 0) throw new Error(this.cloud.violations.join('\n'));
  }
}
