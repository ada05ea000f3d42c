import { createTargetHandler } from '../../../functions/targets/handler.ts';
import { createAciTarget } from '../../../shared/targets/aci/target.ts';
import { awsApp } from '../runtime/app.ts';
import { webIdentityToken } from '../runtime/web-identity-token.ts';

export const handler = createTargetHandler(await awsApp(), createAciTarget({ assertion: webIdentityToken() }));
