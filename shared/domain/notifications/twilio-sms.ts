import { list, oneText, SENDER_NAME, type Sender, text } from './notification.ts';

/** A text message to each number (`twilio-sms`). */
export const twilioSms: Sender = (data, message) => {
  const account = text(data['account_sid']);
  const credentials = Buffer.from(`${account}:${text(data['auth_token'])}`).toString('base64');
  return list(data['to_phone_numbers']).map((number) => ({
    method: 'POST',
    url: `https://api.twilio.com/2010-04-01/Accounts/${encodeURIComponent(account)}/Messages.json`,
    headers: {
      'user-agent': SENDER_NAME,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      authorization: `Basic ${credentials}`,
    },
    body: new URLSearchParams({
      Body: oneText(message),
      From: dialled(text(data['from_phone_number'])),
      To: dialled(number),
    }).toString(),
  }));
};

/** As Twilio wants them, `+` and digits; short codes and sender names stay. */
function dialled(number: string): string {
  const digits = number.replace(/\D/g, '');
  return /[a-z]/i.test(number) || digits.length < 11 ? number : `+${digits}`;
}
