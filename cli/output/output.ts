import { createColors } from 'picocolors';

/** Where text goes: standard output or error, or a test's own. */
export interface TextSink {
  write(text: string): unknown;
  /** A terminal: colours, spinners and questions make sense. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * What a command shows. Results go to standard output, as text or with `--json` as one JSON document; everything else goes to
 * standard error, so that a pipe reads results alone.
 */
export interface Output {
  readonly json: boolean;
  readonly colors: ReturnType<typeof createColors>;
  /** The result: `value` for programs, `text` for people. */
  result(value: unknown, text: () => string | Promise<string>): Promise<void>;
  /** One line of a result that comes in many: with `--json` one JSON document a line. */
  line(value: unknown, text: () => string): void;
  /** What happens, for people, on standard error. */
  note(text: string): void;
  /** Something to look at that does not stop the command. */
  warn(text: string): void;
  /** Shows that `work` goes on; `step` says with what. Without a terminal each step is a line. */
  during<Result>(text: string, work: (step: (text: string) => void) => Promise<Result>): Promise<Result>;
}

export function createOutput(stdout: TextSink, stderr: TextSink, options: { json: boolean; color?: boolean }): Output {
  const { json } = options;
  const colors = createColors(options.color ?? false);
  const print = (sink: TextSink, text: string) => void sink.write(text.endsWith('\n') ? text : `${text}\n`);
  const note = (text: string) => print(stderr, text);
  return {
    json,
    colors,
    note,
    warn: (text) => note(`${colors.yellow('Warning:')} ${text}`),
    async result(value, text) {
      print(stdout, json ? JSON.stringify(value, null, 2) : await text());
    },
    line: (value, text) => print(stdout, json ? JSON.stringify(value) : text()),
    async during(text, work) {
      if (!stderr.isTTY || json) {
        return await work((step) => note(step));
      }
      const { default: ora } = await import('ora');
      const spinner = ora({ text, discardStdin: false }).start();
      try {
        return await work((step) => {
          spinner.text = step;
        });
      } finally {
        spinner.stop();
      }
    },
  };
}
