import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  /** Who had logged in. */
  readonly user: string | null;
  readonly secure: boolean;
}

export interface SmtpReceiver {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** Connections that were opened. */
  connections(): number;
  close(): Promise<void>;
}

export interface SmtpReceiverOptions {
  /** Offers STARTTLS, or speaks TLS from the first byte with `implicit`. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly implicit?: boolean };
  /** Names and passwords; mail is taken only from who has logged in, and over TLS where there is any. */
  readonly users?: Readonly<Record<string, string>>;
  /** Its answer in the place of the usual one. */
  readonly instead?: (command: string) => string | undefined;
}

/** A mail server on a free port of this machine, as RFC 5321 (SMTP), 3207 (STARTTLS) and 4954 (AUTH) describe them, that keeps what it is sent. */
export async function startSmtpReceiver(options: SmtpReceiverOptions = {}): Promise<SmtpReceiver> {
  const mails: ReceivedMail[] = [];
  const open = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
    const implicit = options.tls?.implicit ?? false;
    converse(implicit ? secured(socket, options) : socket, implicit, true, options, mails);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

const secured = (socket: Socket, { tls }: SmtpReceiverOptions): TLSSocket =>
  new TLSSocket(socket, { isServer: true, key: tls!.key, cert: tls!.cert }).on('error', () => {}) as TLSSocket;

function converse(
  socket: Socket,
  secure: boolean,
  greets: boolean,
  options: SmtpReceiverOptions,
  mails: ReceivedMail[],
): void {
  let [from, to, user]: [string | null, string[], string | null] = [null, [], null];
  let pending = '';
  /** What the next lines are: commands, answers to a question of AUTH, or a mail. */
  let reading: 'commands' | 'data' | ((line: string) => string) = 'commands';
  let lines: string[] = [];
  const say = (text: string) => socket.write(`${text}\r\n`);
  const logIn = (name: string, password: string): string => {
    if (options.users?.[name] !== password) return '535 5.7.8 Authentication credentials invalid';
    user = name;
    return '235 2.7.0 Authentication successful';
  };
  const plain = (answer: string): string => {
    const [, name = '', password = ''] = decoded(answer).split('\0');
    return logIn(name, password);
  };
  const mayLogIn = options.users !== undefined && (secure || !options.tls);

  const command = (line: string): string => {
    const [verb = '', ...rest] = line.split(' ');
    switch (verb.toUpperCase()) {
      case 'EHLO': {
        const offers = ['8BITMIME', 'SIZE 1000000'];
        if (options.tls && !secure) offers.push('STARTTLS');
        if (mayLogIn) offers.push('AUTH PLAIN LOGIN');
        return ['localhost', ...offers]
          .map((offer, index, all) => `250${index < all.length - 1 ? '-' : ' '}${offer}`)
          .join('\r\n');
      }
      case 'HELO':
        return '250 localhost';
      case 'STARTTLS':
        return options.tls && !secure ? '220 2.0.0 Ready to start TLS' : '502 5.5.1 Not offered';
      case 'AUTH':
        if (!mayLogIn) return '502 5.5.1 Not offered';
        if (rest[0]?.toUpperCase() === 'PLAIN') {
          if (rest[1]) return plain(rest[1]);
          reading = (answer) => plain(answer);
          return '334 ';
        }
        if (rest[0]?.toUpperCase() !== 'LOGIN') return '504 5.5.4 Unrecognized authentication type';
        if (rest[1]) {
          const name = decoded(rest[1]);
          reading = (password) => logIn(name, decoded(password));
          return '334 UGFzc3dvcmQ6';
        }
        reading = (name) => {
          reading = (password) => logIn(decoded(name), decoded(password));
          return '334 UGFzc3dvcmQ6';
        };
        return '334 VXNlcm5hbWU6';
      case 'MAIL':
        if (options.users && !user) return '530 5.7.0 Authentication required';
        [from, to] = [addressIn(line), []];
        return '250 2.1.0 OK';
      case 'RCPT':
        if (from === null) return '503 5.5.1 MAIL first';
        to.push(addressIn(line));
        return '250 2.1.5 OK';
      case 'DATA':
        if (to.length === 0) return '503 5.5.1 RCPT first';
        reading = 'data';
        return '354 End data with <CR><LF>.<CR><LF>';
      case 'RSET':
        [from, to] = [null, []];
        return '250 2.0.0 OK';
      case 'NOOP':
        return '250 2.0.0 OK';
      case 'QUIT':
        return '221 2.0.0 Bye';
      default:
        return '500 5.5.2 Unrecognized command';
    }
  };

  const take = (line: string): void => {
    if (reading === 'data') {
      if (line !== '.') return void lines.push(line.startsWith('.') ? line.slice(1) : line);
      mails.push({ from: from ?? '', to, text: lines.join('\r\n'), user, secure });
      [reading, lines, from, to] = ['commands', [], null, []];
      return void say('250 2.0.0 Queued');
    }
    if (reading !== 'commands') {
      const asked = reading;
      reading = 'commands';
      return void say(asked(line));
    }
    const answer = options.instead?.(line) ?? command(line);
    say(answer);
    if (answer.startsWith('221')) socket.end();
    if (/^STARTTLS/i.test(line) && answer.startsWith('220')) {
      socket.removeAllListeners('data');
      converse(secured(socket, options), true, false, options, mails);
    }
  };

  socket.on('data', (bytes) => {
    pending += bytes.toString('latin1');
    for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 2);
      take(line);
    }
  });
  if (greets) say('220 localhost ESMTP');
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString();

const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? '';
