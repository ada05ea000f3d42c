import { aciUnderTest } from '../../../fakes/aci/aci-under-test.ts';
import { contractSuite } from '../contract.ts';

contractSuite(aciUnderTest);
