import type { Json } from '../json/json.ts';
import { iconUrl, jsonPost, notifyType, type Sender, text } from './notification.ts';

/** A Power Automate workflow that posts an adaptive card to Microsoft Teams (`ms-teams-webhook`). */
export const msTeams: Sender = (data, { subject, body }) => {
  const type = notifyType(data);
  const card: Json[] = [];
  if (data['include_image'] !== false) {
    card.push({ type: 'Image', url: iconUrl(type, 32), height: '32px', altText: type });
  }
  if (subject !== '') {
    card.push({ type: 'TextBlock', text: subject, style: 'heading', weight: 'Bolder', size: 'Large', id: 'title' });
  }
  card.push({ type: 'TextBlock', text: body, style: 'default', wrap: data['wrap'] !== false, id: 'body' });
  const attachment = {
    contentType: 'application/vnd.microsoft.card.adaptive',
    contentUrl: null,
    content: {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: card,
      msteams: { width: 'full' },
    },
  };
  return [jsonPost(text(data['url']), { type: 'message', attachments: [attachment] })];
};
