import { iconUrl, jsonPost, notifyType, oneText, type Sender, text } from './notification.ts';

/** Discord's webhooks (`discord-webhook`). */
export const discord: Sender = (data, message) => {
  const path = [data['webhook_id'], data['webhook_token']].map((part) => encodeURIComponent(text(part))).join('/');
  const avatar = data['avatar'] === true ? text(data['avatar_url']) || iconUrl(notifyType(data), 72) : null;
  const tts = data['tts'] === true;
  return [
    jsonPost(`https://discord.com/api/webhooks/${path}`, {
      tts,
      wait: !tts,
      ...(avatar && { avatar_url: avatar }),
      ...(data['botname'] && { username: text(data['botname']) }),
      content: oneText(message),
    }),
  ];
};
