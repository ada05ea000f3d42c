import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';
import { SENDER_NAME, type Sender, texts } from './notification.ts';

/** Any request one likes (`custom-webhook`): `{{subject}}`, `{{body}}`, `{{name}}` and the block's secrets are filled in everywhere. */
export const customWebhook: Sender = (data, message) => {
  const values = { ...texts(data['secrets']), ...message, name: String(data['name'] ?? message.name) };
  const filled = (key: string): Json => fill(data[key] ?? null, values);
  const url = new URL(String(filled('url')));
  const params = Object.entries(texts(filled('params')));
  if (params.length > 0) url.search = new URLSearchParams(params).toString();
  const cookies = Object.entries(texts(filled('cookies'))).map(([name, value]) => `${name}=${value}`);
  const [json, form] = [filled('json_data'), filled('form_data')];
  const [type, body] = content(json, form);
  const headers = {
    'user-agent': SENDER_NAME,
    ...(type && { 'content-type': type }),
    ...(cookies.length > 0 && { cookie: cookies.join('; ') }),
    ...texts(filled('headers')),
  };
  return [{ method: String(data['method'] ?? 'POST'), url: url.href, headers, body }];
};

function content(json: Json, form: Json): [type: string | null, body: string | null] {
  if (json !== null) return ['application/json', JSON.stringify(json)];
  if (typeof form === 'string') return [null, form];
  if (form === null) return [null, null];
  return ['application/x-www-form-urlencoded', new URLSearchParams(texts(form)).toString()];
}

function fill(value: Json, values: JsonObject): Json {
  if (Array.isArray(value)) return value.map((item) => fill(item, values));
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, values)]));
  }
  if (typeof value !== 'string') return value;
  return value.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}
