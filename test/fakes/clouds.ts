import { aciUnderTest } from './aci/aci-under-test.ts';
import { cloudRunUnderTest } from './cloud-run/cloud-run-under-test.ts';
import { ecsCloud } from './ecs/ecs-cloud.ts';
import { modalCloud } from './modal/cloud.ts';

/** Each cloud once, over its own protocol. */
export const CLOUDS = [ecsCloud, aciUnderTest, cloudRunUnderTest(), modalCloud()] as const;
