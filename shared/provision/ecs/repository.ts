import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
  type Repository,
} from '@aws-sdk/client-ecr';
import type { Resource } from '../resource.ts';
import { areOurs, capitalTags, type EcsContext, unless } from './context.ts';

/** A repository with the tags that ECR answers apart. */
export interface TaggedRepository extends Repository {
  readonly ours: boolean;
}

/** Where the images of flows are pushed. */
export const repository: Resource<EcsContext, TaggedRepository> = {
  id: 'repository',
  line: ({ names }) => `Creating an ECR repository for storing Prefect images: ${names['repository']}`,
  progress: 'Provisioning ECR repository',
  permissions: ['ecr:DescribeRepositories', 'ecr:CreateRepository', 'ecr:TagResource', 'ecr:ListTagsForResource'],
  async find(context) {
    const { ecr, names } = context;
    const answer = await unless(['RepositoryNotFoundException'], () =>
      ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [names['repository']!] })),
    );
    const found = answer?.repositories?.[0];
    if (!found) return null;
    const { tags } = await ecr.send(new ListTagsForResourceCommand({ resourceArn: found.repositoryArn! }));
    return { ...found, ours: areOurs(context, tags) };
  },
  async create(context) {
    const answer = await context.ecr.send(
      new CreateRepositoryCommand({ repositoryName: context.names['repository']!, tags: capitalTags(context) }),
    );
    return { ...answer.repository, ours: true };
  },
  isOurs: (_, found) => found.ours,
  async keptBecause({ ecr, names }) {
    const answer = await ecr.send(new ListImagesCommand({ repositoryName: names['repository']!, maxResults: 1 }));
    return answer.imageIds?.length ? 'it holds images; delete it by hand when they are not needed any more' : null;
  },
  async remove({ ecr, names }) {
    await unless(['RepositoryNotFoundException'], () =>
      ecr.send(new DeleteRepositoryCommand({ repositoryName: names['repository']! })),
    );
  },
};
