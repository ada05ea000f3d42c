import { inMemoryCloud } from '../../fakes/in-memory-cloud.ts';
import { contractSuite } from './contract.ts';

contractSuite(inMemoryCloud);
