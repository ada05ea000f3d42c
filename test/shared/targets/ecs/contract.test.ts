import { ecsCloud } from '../../../fakes/ecs/ecs-cloud.ts';
import { contractSuite } from '../contract.ts';

contractSuite(ecsCloud);
