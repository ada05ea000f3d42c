import type { Consumed } from '../../shared/store/table.ts';

/** List prices in us-east-1, in dollars for one (AWS's price pages, November 2026). The free tiers are left out. */
const PRICES = {
  /** Step Functions, standard. */
  transition: 25e-6,
  /** HTTP API, and CloudFront's HTTPS request before it. */
  apiCall: 1e-6 + 1e-6,
  lambdaRequest: 0.2e-6,
  /** Lambda on arm64. */
  gigabyteSecond: 13.3334e-6,
  readUnit: 0.125e-6,
  writeUnit: 0.625e-6,
  /** EventBridge, one of ours on the bus. */
  busEvent: 1e-6,
  /** CloudWatch Logs, taken in. */
  logGigabyte: 0.5,
} as const;

/** A line of the API function's log and Lambda's own three of each call. */
const LOG_BYTES_PER_INVOCATION = 700;
/** As infra/aws gives it to its functions. */
const memoryGigabytes = (name: string): number => (name === 'api' ? 1 : 0.5);

/** What was used, from one look to the next. */
export interface Usage {
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly invocations: number;
  readonly gigabyteSeconds: number;
}

/** The calls of shared/store/table.ts that write. */
const WRITES = ['put', 'remove'];

/** Counts what the local home tells of its own work; `take` gives what came since the last time. */
export function usageMeter() {
  let [readUnits, writeUnits, invocations, gigabyteSeconds] = [0, 0, 0, 0];
  return {
    consumed({ operation, units }: Consumed): void {
      if (WRITES.includes(operation)) writeUnits += units;
      else readUnits += units;
    },
    invoked(name: string, milliseconds: number): void {
      invocations += 1;
      gigabyteSeconds += (memoryGigabytes(name) * milliseconds) / 1000;
    },
    take(): Usage {
      const usage = { readUnits, writeUnits, invocations, gigabyteSeconds };
      [readUnits, writeUnits, invocations, gigabyteSeconds] = [0, 0, 0, 0];
      return usage;
    },
  };
}

/** One line for each billed service of a run (rule 26), in dollars for 1,000 runs. The container itself is its cloud's bill. */
export function costOfThousandRuns(usage: Usage, transitions: number, apiCalls: number, busEvents: number) {
  const logs = (usage.invocations * LOG_BYTES_PER_INVOCATION) / 1e9;
  const lines = {
    'Step Functions': transitions * PRICES.transition,
    'API Gateway and CloudFront': apiCalls * PRICES.apiCall,
    Lambda: usage.invocations * PRICES.lambdaRequest + usage.gigabyteSeconds * PRICES.gigabyteSecond,
    DynamoDB: usage.readUnits * PRICES.readUnit + usage.writeUnits * PRICES.writeUnit,
    EventBridge: busEvents * PRICES.busEvent,
    'CloudWatch Logs': logs * PRICES.logGigabyte,
  };
  return Object.entries(lines).map(([service, dollars]): [string, number] => [service, dollars * 1000]);
}
