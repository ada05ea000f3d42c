import { jsonPost, list, type Sender, text } from './notification.ts';

/** A mail to each address by SendGrid (`sendgrid-email`); to the sender when no address is given. */
export const sendgrid: Sender = (data, { subject, body }) => {
  const from = text(data['sender_email']);
  const receivers = list(data['to_emails']);
  return (receivers.length > 0 ? receivers : [from]).map((email) =>
    jsonPost(
      'https://api.sendgrid.com/v3/mail/send',
      {
        personalizations: [{ to: [{ email }] }],
        from: { email: from },
        subject: subject || '<no subject>',
        content: [{ type: 'text/html', value: body }],
      },
      { authorization: `Bearer ${text(data['api_key'])}` },
    ),
  );
};
