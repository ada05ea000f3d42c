import { cloudRunUnderTest } from '../../../fakes/cloud-run/cloud-run-under-test.ts';
import { contractSuite } from '../contract.ts';

contractSuite(cloudRunUnderTest());
contractSuite(cloudRunUnderTest('cloud-run-v2:push', false));
