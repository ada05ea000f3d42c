import { iconUrl, jsonPost, type NotifyType, notifyType, SENDER_NAME, type Sender, text } from './notification.ts';

const COLORS: Record<NotifyType, string> = {
  info: '#3AA3E3',
  success: '#3AA337',
  warning: '#CACF29',
  failure: '#A32037',
};

/** Slack's incoming webhooks, and those of services that speak like them (`slack-webhook`). */
export const slack: Sender = (data, { subject, body }) => {
  const type = notifyType(data);
  const icon = iconUrl(type, 72);
  const attachment = {
    title: escaped(subject),
    text: withReferences(escaped(body)),
    color: COLORS[type],
    footer_icon: icon,
    footer: SENDER_NAME,
  };
  return [jsonPost(text(data['url']), { mrkdwn: true, attachments: [attachment], icon_url: icon })];
};

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escaped = (value: string): string => value.replace(/[&<>]/g, (sign) => ESCAPES[sign]!);

/** `<https://x|text>`, `<!channel>` and `<@user>` are Slack's own spelling and stay what they are. */
function withReferences(value: string): string {
  return value.replace(/&lt;((?:(?:https?|mailto):\/\/|[!@])[^|\s]+?)(\|[^\n]*?)?&gt;/gi, (_, what, named = '') => {
    const reference = /^[!@]/.test(what) ? what : what.replaceAll('&amp;', '&');
    return `<${reference}${named}>`;
  });
}
