import type { Json, JsonObject } from '../json/json.ts';
import { jsonPost, list, notifyType, SENDER_NAME, type Sender, text, texts } from './notification.ts';

const MESSAGE_LENGTH = 130;
const BATCH = 50;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** A new alert of Opsgenie (`opsgenie-webhook`): for each responder one, or for all together with `batch`. */
export const opsgenie: Sender = (data, { subject, body }) => {
  const headline = subject === '' ? body : subject;
  const alert: JsonObject = {
    source: SENDER_NAME,
    message: headline.length > MESSAGE_LENGTH ? `${headline.slice(0, MESSAGE_LENGTH - 3)}...` : headline,
    description: body,
    details: { type: notifyType(data), ...texts(data['details']) },
    priority: `P${Number(data['priority'] ?? 3)}`,
    ...(list(data['tags']).length > 0 && { tags: list(data['tags']) }),
    ...(data['entity'] && { entity: text(data['entity']) }),
    ...(data['alias'] && { alias: text(data['alias']) }),
  };
  const host = data['region_name'] === 'eu' ? 'api.eu.opsgenie.com' : 'api.opsgenie.com';
  const post = (more: JsonObject) =>
    jsonPost(`https://${host}/v2/alerts`, { ...alert, ...more }, { authorization: `GenieKey ${text(data['apikey'])}` });
  const responders = [
    ...list(data['target_team']).map((team) => responder('team', 'name', team)),
    ...list(data['target_schedule']).map((schedule) => responder('schedule', 'name', schedule)),
    ...list(data['target_user']).map((user) => responder('user', 'username', user)),
    ...list(data['target_escalation']).map((escalation) => responder('escalation', 'name', escalation)),
  ];
  if (responders.length === 0) return [post({})];
  const size = data['batch'] === true ? BATCH : 1;
  const batches = Array.from({ length: Math.ceil(responders.length / size) }, (_, index) =>
    responders.slice(index * size, (index + 1) * size),
  );
  return batches.map((batch) => post({ responders: batch }));
};

const responder = (type: string, named: string, who: string): Json => ({ type, [UUID.test(who) ? 'id' : named]: who });
