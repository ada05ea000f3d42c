import { iconUrl, jsonPost, list, notifyType, oneText, SENDER_NAME, type Sender, text } from './notification.ts';

/** Mattermost's incoming webhooks (`mattermost-webhook`): to the webhook's own channel, or to each that is named. */
export const mattermost: Sender = (data, message) => {
  const scheme = data['secure'] === true ? 'https' : 'http';
  const path = text(data['path']).replace(/\/+$/, '');
  const token = encodeURIComponent(text(data['token']));
  const url = `${scheme}://${text(data['hostname'])}:${Number(data['port'] ?? 8065)}${path}/hooks/${token}`;
  const post = {
    text: oneText(message),
    ...(data['include_image'] === true && { icon_url: iconUrl(notifyType(data), 72) }),
    username: text(data['botname']) || SENDER_NAME,
  };
  const channels = list(data['channels']).map((channel) => channel.replace(/^#/, ''));
  return channels.length === 0 ? [jsonPost(url, post)] : channels.map((channel) => jsonPost(url, { ...post, channel }));
};
