import { customWebhook } from './custom-webhook.ts';
import { discord } from './discord.ts';
import { mattermost } from './mattermost.ts';
import { msTeams } from './ms-teams.ts';
import type { Sender } from './notification.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerDuty } from './pager-duty.ts';
import { sendgrid } from './sendgrid.ts';
import { slack } from './slack.ts';
import { twilioSms } from './twilio-sms.ts';

/** The blocks that send notifications, by the slug of their type. */
export const SENDERS: Readonly<Record<string, Sender>> = {
  'slack-webhook': slack,
  'ms-teams-webhook': msTeams,
  'pager-duty-webhook': pagerDuty,
  'opsgenie-webhook': opsgenie,
  'mattermost-webhook': mattermost,
  'discord-webhook': discord,
  'twilio-sms': twilioSms,
  'sendgrid-email': sendgrid,
  'custom-webhook': customWebhook,
};
