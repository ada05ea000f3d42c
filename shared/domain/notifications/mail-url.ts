/** How the connection to a mail server is secured: from its first byte, by STARTTLS, or not at all. */
export type MailSecurity = 'ssl' | 'starttls' | 'insecure';

export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

/** Whom a mail goes to, and by which server. */
export interface MailRoute {
  readonly host: string;
  readonly port: number;
  readonly security: MailSecurity;
  readonly login: { readonly user: string; readonly pass: string } | null;
  readonly from: MailAddress;
  /** Each gets a mail of its own. */
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  readonly headers: Readonly<Record<string, string>>;
}

const PORTS: Record<MailSecurity, number> = { ssl: 465, starttls: 587, insecure: 25 };

/**
 * Reads `mailto://user:password@domain:port/to?from=&to=&cc=&bcc=&reply=&name=&smtp=&mode=&+X-Header=`, and `mailtos://`, which
 * means STARTTLS, as Apprise's `plugins/email` does. `sender` is the name that is shown when the URL has none. Throws an `Error` with the reason when no mail can
 * come of it; encrypted mail (`pgp`) is refused.
 */
export function parseMailUrl(text: string, sender: string): MailRoute {
  const url = new URL(text);
  const { values, headers } = query(url.search);
  if (values['pgp'] || values['wkd']) throw new Error('Mail that is encrypted by PGP is not sent from this server.');
  const domain = url.hostname;
  const user = decodeURIComponent(url.username);
  const known = values['smtp'] ? undefined : providerOf(`${localPart(user)}@${domain}`);
  const security = securityOf(values['mode'], url.protocol, known);
  const login = known?.login === 'address' && !user.includes('@') ? `${user}@${domain}` : user;
  const pass = decodeURIComponent(url.password);
  const from = senderOf(values, user && `${localPart(user)}@${domain}`, sender, domain);
  const to = addresses([...url.pathname.split('/').map(decodeURIComponent), values['to'] ?? ''].join(','));
  return {
    host: values['smtp'] || known?.host || domain,
    port: Number(url.port) || (values['mode'] ? PORTS[security] : (known?.port ?? PORTS[security])),
    security,
    login: user && pass ? { user: known?.login === 'user' ? localPart(login) : login, pass } : null,
    from,
    to: to.length > 0 ? to : [{ name: '', address: from.address }],
    cc: addresses(values['cc']),
    bcc: addresses(values['bcc']),
    replyTo: addresses(values['reply']),
    headers,
  };
}

function securityOf(mode: string | undefined, protocol: string, known: Provider | undefined): MailSecurity {
  if (!mode)
    return known ? (known.port === PORTS.ssl ? 'ssl' : 'starttls') : protocol === 'mailtos:' ? 'starttls' : 'insecure';
  const security = mode.toLowerCase();
  if (security === 'ssl' || security === 'starttls' || security === 'insecure') return security;
  throw new Error(`The mode of a mail's URL is one of ssl, starttls and insecure, not "${mode}".`);
}

function senderOf(values: Record<string, string>, own: string, sender: string, domain: string): MailAddress {
  const [given] = addresses(values['from']);
  if (given) return { name: values['name'] || given.name, address: given.address };
  const address = own || (isLocal(domain) ? `root@${domain}` : '');
  if (!isAddress(address)) throw new Error('The URL of the mail names no sender: give it a user or "from".');
  return { name: values['from'] || values['name'] || sender, address };
}

const localPart = (user: string): string => user.split('@')[0]!;

const isLocal = (domain: string): boolean => /^localhost(\.localdomain)?$/i.test(domain);

const isAddress = (address: string): boolean => {
  const domain = /^[^\s@<>,]+@([^\s@<>,]+)$/.exec(address)?.[1];
  return domain !== undefined && (isLocal(domain) || /\.[a-z0-9-]{2,}$/i.test(domain));
};

/** `a@x.org, Dora <d@x.org>`; what is no address is left out, as there. */
function addresses(text: string | undefined): MailAddress[] {
  return (text ?? '')
    .split(',')
    .map((part) => /^\s*(?:"?([^"<>]*?)"?\s*<([^<>]+)>|(\S+))\s*$/.exec(part))
    .map((found) => ({ name: found?.[1] ?? '', address: found?.[2] ?? found?.[3] ?? '' }))
    .filter(({ address }) => isAddress(address));
}

/** Not `URLSearchParams`: a plus is a plus, as part of addresses and as the mark of a header. */
function query(search: string): { values: Record<string, string>; headers: Record<string, string> } {
  const values: Record<string, string> = {};
  const headers: Record<string, string> = {};
  for (const pair of search.slice(1).split('&')) {
    const [key = '', value = ''] = pair.split(/=(.*)/s).map(decodeURIComponent);
    if (key.startsWith('+')) headers[key.slice(1)] = value;
    else if (key !== '') values[key.toLowerCase()] = value;
  }
  return { values, headers };
}

interface Provider {
  readonly host: string;
  readonly port: number;
  /** How one logs in there; as given when missing. */
  readonly login?: 'address' | 'user';
}

/** The servers of well-known domains. */
function providerOf(address: string): Provider | undefined {
  return PROVIDERS.find(([domains]) => domains.test(address))?.[1];
}

const PROVIDERS: readonly [domains: RegExp, provider: Provider][] = [
  [/@gmail\.com$/i, { host: 'smtp.gmail.com', port: 587, login: 'address' }],
  [/@(hotmail|live)\.com(\.au)?$/i, { host: 'smtp-mail.outlook.com', port: 587, login: 'address' }],
  [/@(smtp\.)?outlook\.com(\.au)?$/i, { host: 'smtp.outlook.com', port: 587, login: 'address' }],
  [/@(smtp\.)?office365\.com$/i, { host: 'smtp.office365.com', port: 587 }],
  [/@yahoo\.(ca|com)$/i, { host: 'smtp.mail.yahoo.com', port: 465, login: 'address' }],
  [/@yandex\.(com|ru|ua|by|kz|uz|tr|fr)$/i, { host: 'smtp.yandex.ru', port: 465, login: 'user' }],
  [/@gmx\.(com|net|de|at|ch|fr)$/i, { host: 'mail.gmx.com', port: 587, login: 'address' }],
  [/@fastmail\.(com|fm|de|net|org|co\.uk|com\.au)$/i, { host: 'smtp.fastmail.com', port: 465, login: 'address' }],
  [/@zoho(mail)?\.com$/i, { host: 'smtp.zoho.com', port: 587, login: 'address' }],
  [/@(smtp\.)?sendgrid\.(com|net)$/i, { host: 'smtp.sendgrid.net', port: 465, login: 'user' }],
];
